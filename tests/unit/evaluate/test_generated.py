"""Generated datasets read, scored and doubted by a solver that knows the truth."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from solver import generate
from solver.dataset import Dataset, derive_answer, read, read_labels
from solver.evaluation import Check, Summary, checks, score, summarise, suspects
from solver.generate import labels
from solver.generate.chance import stream
from solver.known import Known
from solver.solution import Planet, Seen, Solution

Truth = dict[str, Any]
#: The problem that a planted fault shows in the file, or the doubt that it raises.
SHOWN = {"plus-missing": "missing_target", "cancelled": "cancelled"}
DOUBTED = {"wrong-digit": "digit", "plus-on-wrong-planet": "target", "wrong-answer": "answer"}


@dataclass(frozen=True)
class Generated:
    dataset: Dataset
    truths: dict[str, Truth]


@pytest.fixture(scope="module")
def drawn() -> list[generate.Truth]:
    return [generate.draw(11, index, "mix", "train").truth for index in range(8)]


def labelled(drawn: list[generate.Truth], copies: int, label_noise: float) -> Generated:
    """The labels of some puzzles, each written several times over, as a dataset."""
    tasks, truths = [], {}
    for number in range(copies * len(drawn)):
        truth = replace(drawn[number % len(drawn)], id=number, image=f"images/{number}.jpg")
        task, truth = labels.write(stream(11, number), truth, label_noise)
        tasks.append(task)
        truths[str(number)] = truth.to_json()
    images = [truth["image"] for truth in truths.values()]
    return Generated(read_labels(json.dumps(tasks).encode(), images), truths)


@pytest.fixture(scope="module")
def clean(drawn: list[generate.Truth]) -> Generated:
    return labelled(drawn, 1, 0.0)


@pytest.fixture(scope="module")
def noisy(drawn: list[generate.Truth]) -> Generated:
    return labelled(drawn, 20, 0.8)


def geometry(truth: Truth) -> tuple[tuple[float, float], tuple[float, ...], tuple[float, float]]:
    return (
        tuple(truth["centre"]),
        tuple(truth["radii"]),
        (
            truth["ratio"],
            math.radians(truth["angle"]),
        ),
    )


def solution(truth: Truth) -> Solution:
    """What a solver without a fault would say."""
    centre, radii, ellipse = geometry(truth)
    planets = tuple(planet(one) for one in truth["planets"])
    (aim,) = [
        one for one in truth["planets"] if one["tile"] == truth["answer"] and one["is_target"]
    ]
    seen = Seen(
        size=(1000, 400),
        digit_probabilities=tuple(float(n == truth["digit"]) for n in range(1, 6)),
        digit_box=None,
        icon_box=None,
        centre=centre,
        orbits=radii,
        ellipse=ellipse,
        planets=planets,
        tile_probabilities=tuple(float(n == truth["answer"]) for n in range(1, 6)),
        runner_up=1 if truth["answer"] > 1 else 2,
    )
    return Solution(truth["answer"], (aim["x"], aim["y"]), truth["digit"], 1.0, seen)


def planet(true: Truth) -> Planet:
    match = 0.99 if true["is_target"] else 1e-4
    size = true["size"]
    return Planet(true["tile"], true["x"], true["y"], size, 1.0, true["rank"], 1.0, match, match)


def test_a_generated_folder_is_read_whole(tmp_path: Path) -> None:
    generate.write_dataset(tmp_path / "set", 2, seed=3)
    dataset = read(tmp_path / "set")
    assert dataset.problems == ()
    assert [dataset.path(puzzle).is_file() for puzzle in dataset.puzzles] == [True, True]


def test_generated_labels_have_no_fault(clean: Generated) -> None:
    assert clean.dataset.problems == ()
    assert [puzzle.id for puzzle in clean.dataset.puzzles] == list(clean.truths)


def test_labels_come_back_as_they_were_drawn(clean: Generated) -> None:
    for puzzle in clean.dataset.puzzles:
        truth = clean.truths[puzzle.id]
        assert puzzle.digit == truth["digit"]
        for target, true in zip(puzzle.targets, truth["target_boxes"], strict=True):
            assert target is not None
            box = target.scaled(1000, 400)
            found = (box.x, box.y, box.width, box.height)
            assert found == pytest.approx(tuple(true.values()), abs=0.01)


def test_the_derived_answer_is_the_true_one(clean: Generated) -> None:
    for puzzle in clean.dataset.puzzles:
        truth = clean.truths[puzzle.id]
        centre, radii, ellipse = geometry(truth)
        assert derive_answer(puzzle, centre, radii, ellipse=ellipse) == truth["answer"]


def nothing_again(known: Known) -> NoReturn:
    raise AssertionError("no answer was to be run again")


def test_the_truth_scores_without_a_fault(clean: Generated) -> None:
    outcomes = [
        score(one, solution(clean.truths[one.id]), nothing_again) for one in clean.dataset.puzzles
    ]
    summary = summarise(outcomes, "truth@0", 1.0)
    assert (summary.accuracy, summary.scored, summary.ambiguous) == (1.0, 8, 0)
    assert (summary.digit_accuracy, summary.detection_recall) == (1.0, 1.0)
    assert set(summary.by) == {
        "answer",
        "crowding",
        "difficulty",
        "digit",
        "split",
        "style",
        "style_difficulty",
        "tile",
    }


def test_the_truth_doubts_no_good_label(clean: Generated) -> None:
    assert suspects(held(clean)) == []


def test_planted_faults_are_set_apart_and_the_accuracy_with_them_stays(
    clean: Generated, noisy: Generated
) -> None:
    assert summary_of(clean).suspected == 0
    summary = summary_of(noisy)
    assert summary.accuracy == summary.correct / summary.scored < 0.95
    assert summary.suspected == summary.scored - summary.correct
    assert summary.accuracy_without_suspects == 1.0


def summary_of(generated: Generated) -> Summary:
    """The figures of a solver that answers all as it is, whatever the labels say."""
    solved = [(one, solution(generated.truths[one.id])) for one in generated.dataset.puzzles]
    return summarise((score(one, said, nothing_again) for one, said in solved), "truth@0", 1.0)


def test_every_planted_fault_is_reported_or_doubted(noisy: Generated) -> None:
    planted = {task: truth["faults"][0] for task, truth in noisy.truths.items() if truth["faults"]}
    assert set(planted.values()) == SHOWN.keys() | DOUBTED.keys()
    proposed = DOUBTED | {"plus-missing": "target"}
    doubted = {(one.task, one.kind) for one in suspects(held(noisy))}
    assert doubted <= {(task, proposed.get(fault)) for task, fault in planted.items()}
    for puzzle in noisy.dataset.puzzles:
        fault = planted.get(puzzle.id)
        codes = [problem.code for problem in noisy.dataset.problems if problem.task == puzzle.id]
        assert codes == ([SHOWN[fault]] if fault in SHOWN else [])
        assert (fault in DOUBTED) is ((puzzle.id, DOUBTED.get(fault or "")) in doubted)


def held(generated: Generated) -> list[Check]:
    """Every label, held against what a solver without a fault would say."""
    return [
        check
        for puzzle in generated.dataset.puzzles
        for check in checks(puzzle, solution(generated.truths[puzzle.id]))
    ]
