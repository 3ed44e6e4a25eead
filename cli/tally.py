"""Counts how many results of a made batch are right, by what is true of each puzzle."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Width of the picture in whose pixels the truth is written.
TRUE_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """How one result compares to the truth of its puzzle."""

    difficulty: str
    digit: int
    correct: bool
    digit_correct: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group of puzzles were answered and read right."""

    puzzles: int
    correct: int
    digit_correct: int

    @property
    def accuracy(self) -> float:
        """The part whose point lies on the icon asked for, in the right tile."""
        return self.correct / self.puzzles

    @property
    def digit_accuracy(self) -> float:
        """The part whose digit was read right."""
        return self.digit_correct / self.puzzles


def read_truth(folder: Path) -> dict[str, dict[str, Any]]:
    """What is true of every puzzle of a made dataset, by its file's name."""
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    truths = [json.loads(line) for line in lines]
    return {Path(truth["image"]).name: truth for truth in truths}


def score(truth: Mapping[str, Any], result: Mapping[str, Any]) -> Score:
    """Compare one solved picture with its truth; an error counts as wrong."""
    failed = result["error"] is not None
    return Score(
        difficulty=truth["difficulty"],
        digit=truth["digit"],
        correct=not failed and _on_target(truth, result["point"]),
        digit_correct=result["digit"] == truth["digit"],
        failed=failed,
    )


def _on_target(truth: Mapping[str, Any], point: Sequence[float]) -> bool:
    scale = TRUE_WIDTH / truth["width"]
    box = truth["target_boxes"][truth["answer"] - 1]
    x, y = (coordinate * scale for coordinate in point)
    inside_x = box["x"] <= x <= box["x"] + box["width"]
    return bool(inside_x and box["y"] <= y <= box["y"] + box["height"])


def shares(scores: Iterable[tuple[str, Score]]) -> dict[str, Share]:
    """The share of every group, in the order in which the groups first come."""
    groups: dict[str, list[Score]] = {}
    for group, one in scores:
        groups.setdefault(group, []).append(one)
    return {
        group: Share(len(of), sum(s.correct for s in of), sum(s.digit_correct for s in of))
        for group, of in groups.items()
    }
