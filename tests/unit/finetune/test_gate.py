"""The gate on the shipped model, and on a copy of it whose digit reader lost one digit."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from solver.dataset import Dataset, read
from solver.evaluation import Outcome, evaluate
from solver.evaluation.gate import decide
from solver.finetune.data import chosen
from solver.finetune.folder import matcher_of, net_of, write_model
from solver.generate import write_dataset
from solver.model import Model, load
from solver.nets.digit import DigitNet
from solver.ocr import EasyOcr
from solver.solution import ORBITS
from solver.solve import Solver

#: The digit that is broken, and the puzzles of each digit that are judged by.
BROKEN, EACH = 3, 12
#: What a puzzle takes, of both models: time is measured elsewhere.
SECONDS = (0.05, 0.05)


@pytest.fixture(scope="module")
def judged_by(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """As many puzzles of each digit."""
    folder = tmp_path_factory.mktemp("judged") / "puzzles"
    write_dataset(folder, 90, seed=3, difficulty="easy")
    dataset = read(folder)
    some = [
        [puzzle.id for puzzle in dataset.puzzles if puzzle.digit == digit][:EACH]
        for digit in range(1, ORBITS + 1)
    ]
    assert {len(ids) for ids in some} == {EACH}
    return chosen(dataset, {name for ids in some for name in ids})


def broken(model: Model, folder: Path) -> Model:
    """A model that never reads one digit and is else the same."""
    net = net_of(model, "digit", DigitNet)
    with torch.no_grad():
        net.classify[2].bias[BROKEN - 1] = -100.0
    weights = {"digit": net.state_dict()}
    named = {"name": "broken"}
    write_model(folder, model, matcher_of(model), weights, named, model.calibration)
    return load(folder, "cpu")


def outcomes(dataset: Dataset, model: Model) -> Sequence[Outcome]:
    with Solver(model, EasyOcr(), threads=1) as solver:
        return evaluate(dataset, solver)[1]


def test_a_model_with_one_broken_digit_is_refused_by_its_name_and_the_sound_one_passes(
    judged_by: Dataset, tmp_path: Path
) -> None:
    sound = load(None, "cpu")
    before = outcomes(judged_by, sound)
    after = outcomes(judged_by, broken(sound, tmp_path / "broken"))
    refused = decide(before, after, SECONDS)
    assert not refused.passed
    assert any(reason.startswith(f"worse on digit {BROKEN}: ") for reason in refused.reasons)
    digits = [reason for reason in refused.reasons if "on digit" in reason]
    assert len(digits) == 1

    assert decide(before, before, SECONDS).reasons == ()
    better = decide(after, before, SECONDS)
    assert (better.passed, better.reasons) == (True, ())
    assert better.figures["significantly_better"]
