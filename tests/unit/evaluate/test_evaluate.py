"""A solver run over a dataset."""

from dataclasses import replace
from pathlib import Path

import pytest

from solver.dataset import Dataset
from solver.errors import DatasetError
from solver.evaluation import evaluate
from tests.unit.evaluate.puzzles import PUZZLE, SOLUTION, TAKEN_IN, FakeSolver

SOLVER = FakeSolver({b"right": SOLUTION, b"wrong": TAKEN_IN})


def dataset(root: Path, *contents: bytes) -> Dataset:
    """A dataset with one picture for each of the contents."""
    puzzles = []
    for number, content in enumerate(contents):
        (root / f"{number}.jpg").write_bytes(content)
        puzzles.append(replace(PUZZLE, id=str(number), image=f"{number}.jpg"))
    return Dataset(root, tuple(puzzles), ())


def test_every_puzzle_is_scored_in_order(tmp_path: Path) -> None:
    done: list[int] = []
    contents = (b"right", b"wrong", b"garbage", *(b"right",) * 40)
    summary, outcomes = evaluate(dataset(tmp_path, *contents), SOLVER, done.append)
    assert [outcome.task for outcome in outcomes] == [str(n) for n in range(43)]
    assert (summary.correct, summary.scored, summary.failed) == (41, 43, 1)
    assert summary.model == SOLVER.model_id
    assert done == list(range(1, 44))


def test_a_picture_that_went_away_is_a_failure_of_its_own(tmp_path: Path) -> None:
    data = dataset(tmp_path, b"right", b"right", b"right")
    (tmp_path / "1.jpg").unlink()
    summary, outcomes = evaluate(data, SOLVER)
    assert [outcome.error for outcome in outcomes] == [None, "missing", None]
    assert (summary.correct, summary.failed) == (2, 1)


def test_the_outcomes_do_not_carry_the_similarities_twice(tmp_path: Path) -> None:
    summary, outcomes = evaluate(dataset(tmp_path, b"right"), SOLVER)
    assert outcomes[0].positives == ()
    assert summary.match_roc_auc == 1.0


def test_labels_without_a_folder_cannot_be_evaluated() -> None:
    with pytest.raises(DatasetError):
        evaluate(Dataset(None, (PUZZLE,), ()), SOLVER)


def test_a_split_and_a_limit_choose_puzzles(tmp_path: Path) -> None:
    data = dataset(tmp_path, b"right", b"right", b"right")
    train = replace(data.puzzles[1], split="train")
    data = replace(data, puzzles=(data.puzzles[0], train, data.puzzles[2]))
    assert [puzzle.id for puzzle in data.only("test").puzzles] == ["0", "2"]
    assert [puzzle.id for puzzle in data.first(2).puzzles] == ["0", "1"]
