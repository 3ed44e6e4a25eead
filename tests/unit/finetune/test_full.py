import shutil
import signal
import subprocess
import sys
import time

import pytest

from solver.finetune import Cancelled, Plan, finetune
from solver.finetune.loop import CHECKPOINT, COURSE, share_of_rate
from solver.model import load

#: A few steps on the polar encoder; a checkpoint after each.
PLAN = Plan("full", epochs=1, seed=3, name="full", checkpoint_seconds=0)

CODE = """
import sys
from pathlib import Path
from solver.dataset import read
from solver.finetune import Plan, finetune

puzzles, out, work = map(Path, sys.argv[1:])
plan = Plan("full", epochs=1, seed=3, name="full", checkpoint_seconds=0)
print(finetune(read(puzzles), None, out, work, plan).model_id)
"""


def run(puzzles, folder) -> subprocess.Popen:
    command = [sys.executable, "-c", CODE, puzzles, folder / "model", folder / "work"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def checkpoint(folder):
    return next((folder / "work").glob(f"train/*.part/{CHECKPOINT}"), None)


def course(work) -> str:
    [path] = work.glob(f"train/*/{COURSE}")
    return path.read_text()


@pytest.fixture(scope="module")
def undisturbed(dataset, headed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    shutil.copytree(headed[1] / "prepare", folder / "work" / "prepare")
    return finetune(dataset, None, folder / "model", folder / "work", PLAN)


def test_a_killed_training_goes_on_and_ends_with_the_same_model(
    puzzles, headed, undisturbed, tmp_path
):
    shutil.copytree(headed[1] / "prepare", tmp_path / "work" / "prepare")
    killed = run(puzzles, tmp_path)
    deadline = time.monotonic() + 120
    while checkpoint(tmp_path) is None:
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert checkpoint(tmp_path)
    assert not (tmp_path / "model").exists()
    said, _ = run(puzzles, tmp_path).communicate(timeout=240)
    assert said.strip() == undisturbed.model_id
    # The losses of all steps are the same to the last bit, also where the parent was kept.
    assert course(tmp_path / "work") == course(undisturbed.path.parent / "work")


@pytest.mark.parametrize("total", [1, 2, 10, 1000])
def test_the_rate_rises_to_its_peak_and_falls_to_nothing(total):
    rates = [share_of_rate(step, total) for step in range(total)]
    assert max(rates) == 1
    assert rates == sorted(rates[: rates.index(1)]) + sorted(rates[rates.index(1) :], reverse=True)
    assert total < 10 or rates[-1] < 0.1


def test_the_parent_counts_as_an_epoch_and_the_child_has_its_finders(undisturbed):
    child, parent = load(undisturbed.path, "cpu"), load(None, "cpu")
    assert undisturbed.parent_id == parent.id
    for net in ("finder",):
        name = f"{net}.safetensors"
        assert (child.path / name).read_bytes() == (parent.path / name).read_bytes()
    assert undisturbed.after.match_roc_auc > 0.9
    assert undisturbed.paired.both == undisturbed.test


def test_a_cancelled_training_stops_and_goes_on_later(dataset, headed, undisturbed, tmp_path):
    shutil.copytree(headed[1] / "prepare", tmp_path / "work" / "prepare")
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 4

    with pytest.raises(Cancelled, match="at step 3"):
        finetune(dataset, None, tmp_path / "model", tmp_path / "work", PLAN, cancelled=stop)
    assert not (tmp_path / "model").exists()
    told = []
    again = finetune(dataset, None, tmp_path / "model", tmp_path / "work", PLAN, told.append)
    assert again.model_id == undisturbed.model_id
    trained = next(stage for stage in again.stages if stage.name == "train")
    assert trained.why == "goes on where it was stopped"
    steps = [progress for progress in told if progress.stage == "train"]
    # It goes on after the third step, and tells of every one.
    assert [step.done for step in steps] == list(range(3, steps[0].total + 1))
    assert all(step.epoch == 1 and step.loss and step.validation_auc for step in steps)


def test_what_a_callback_raises_ends_the_training(dataset, tmp_path):
    def interrupt(_) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(dataset, None, tmp_path / "model", tmp_path / "work", PLAN, interrupt)
    assert not (tmp_path / "model").exists()
