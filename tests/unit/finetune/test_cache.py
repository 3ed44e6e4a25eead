import multiprocessing
import shutil
from pathlib import Path

import pytest

from solver.finetune.cache import KEPT, Stages, locked
from solver.finetune.errors import TrainingError


def writing(text: str):
    def make(folder: Path) -> None:
        (folder / "result").write_text(text)

    return make


def refusing(_: Path) -> None:
    raise AssertionError("the stage should not run")


def test_a_stage_runs_once_and_is_skipped_after_that(tmp_path):
    first = Stages(tmp_path).run("crops", 1, {"seed": 1}, writing("a"))
    stages = Stages(tmp_path)
    assert stages.run("crops", 1, {"seed": 1}, refusing) == first
    [run] = stages.runs
    assert (run.ran, run.why) == (False, "nothing changed")
    assert (first.folder / "result").read_text() == "a"


@pytest.mark.parametrize(
    ("version", "inputs", "why"),
    [
        (1, {"seed": 2, "data": "x"}, "seed changed (1 to 2)"),
        (1, {"seed": 1, "data": "y"}, "data changed"),
        (2, {"seed": 1, "data": "x"}, "its code changed (1 to 2)"),
    ],
)
def test_a_stage_runs_again_where_something_changed_and_says_what(tmp_path, version, inputs, why):
    stages = Stages(tmp_path)
    stages.run("crops", 1, {"seed": 1, "data": "x"}, writing("a"))
    again = stages.run("crops", version, inputs, writing("b"))
    assert [run.why for run in stages.runs] == ["no earlier result", why]
    assert (again.folder / "result").read_text() == "b"


def test_results_that_are_alike_have_one_content_whatever_they_were_made_from(tmp_path):
    stages = Stages(tmp_path)
    one = stages.run("crops", 1, {"seed": 1}, writing("a"))
    other = stages.run("crops", 1, {"seed": 2}, writing("a"))
    third = stages.run("crops", 1, {"seed": 3}, writing("b"))
    assert one.content == other.content != third.content


def test_a_damaged_result_is_made_again(tmp_path):
    stages = Stages(tmp_path)
    made = stages.run("crops", 1, {}, writing("whole"))
    (made.folder / "result").write_text("who")
    again = stages.run("crops", 1, {}, writing("whole"))
    assert stages.runs[-1].why == "its files were damaged"
    assert (again.folder / "result").read_text() == "whole"


def test_a_stage_that_fails_leaves_no_result_and_what_it_did(tmp_path):
    def failing(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise TrainingError("out of ideas")

    with pytest.raises(TrainingError):
        Stages(tmp_path).run("crops", 1, {}, failing)

    def going_on(folder: Path) -> None:
        assert (folder / "half").read_text() == "half"

    stages = Stages(tmp_path)
    stages.run("crops", 1, {}, going_on)
    assert stages.runs[0].why == "goes on where it was stopped"


def test_only_the_newest_results_are_kept(tmp_path):
    stages = Stages(tmp_path)
    for seed in range(KEPT + 3):
        stages.run("crops", 1, {"seed": seed}, writing(str(seed)))
    kept = sorted((path / "result").read_text() for path in (tmp_path / "crops").iterdir())
    assert kept == [str(seed) for seed in range(3, KEPT + 3)]


def test_a_result_that_was_removed_is_made_again(tmp_path):
    stages = Stages(tmp_path)
    shutil.rmtree(stages.run("crops", 1, {}, writing("a")).folder)
    stages.run("crops", 1, {}, writing("a"))
    assert [run.ran for run in stages.runs] == [True, True]


def _tries(work: Path) -> str:
    try:
        with locked(work):
            return "taken"
    except TrainingError as error:
        return str(error)


def test_a_work_folder_serves_one_training_at_a_time(tmp_path):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with locked(tmp_path):
            assert "is in use" in pool.apply(_tries, (tmp_path,))
        assert pool.apply(_tries, (tmp_path,)) == "taken"
