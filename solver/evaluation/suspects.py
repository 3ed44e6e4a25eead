"""Labels that are likely wrong, found and ranked by confident learning.

A label is suspected when the solver believes in another one as much as it does, on average, in
labels of that other class: the thresholds come from the audited labels themselves. The order is by
normalised margin. Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", JAIR 70, 2021.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from solver.evaluation.checks import Check, Kind
from solver.solution import Json

#: Labels of one class from which on they have a threshold of their own; below, that of their kind.
ENOUGH = 10
#: The most that a threshold asks for: classes that are easy to read have a mean near 1, which the
#: alternative to a label that is plainly wrong need not reach. With 0.8 / 0.7, .77 / .82 of 5%
#: planted errors were found at a precision of .73 / .64 on styles never seen (300 puzzles, seed
#: 22), and .99 / .99 at .91 / .83 on known ones (400 puzzles, seed 21).
MOST = 0.7


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that is likely wrong.

    `kind` is digit, target, answer or ambiguous; `tile` is the one concerned, if it is one.
    `score` ranks suspects, 0 to 1: half of one plus the margin, which is the probability of the
    proposed label (`confidence`) less that of the given one (`self_confidence`). `correction` says
    what the label should be; nothing applies it but a person.
    """

    task: str
    image: str
    kind: Kind
    tile: int | None
    score: float
    confidence: float
    self_confidence: float
    message: str
    correction: Json

    def to_json(self) -> Json:
        """The suspect as plain JSON."""
        return asdict(self)


def suspects(labels: Sequence[Check]) -> list[Suspect]:
    """The labels of a dataset that are likely wrong, likeliest first.

    What is implied by a suspected label of the same puzzle is not named beside it.
    """
    threshold = _Thresholds(labels)
    doubted = [one for one in labels if _doubted(one, threshold)]
    explained = {one.task for one in doubted if not one.implied}
    named = [one for one in doubted if not (one.implied and one.task in explained)]
    return sorted(map(_suspect, named), key=lambda one: (-one.score, one.task, one.kind))


def _doubted(one: Check, threshold: _Thresholds) -> bool:
    sure = one.confidence >= threshold.of(one.kind, one.proposed)
    return sure and one.confidence > one.self_confidence


def _suspect(one: Check) -> Suspect:
    score = (1 + one.confidence - one.self_confidence) / 2
    return Suspect(
        one.task,
        one.image,
        one.kind,
        one.tile,
        round(score, 6),
        round(one.confidence, 6),
        round(one.self_confidence, 6),
        one.message,
        one.correction,
    )


class _Thresholds:
    """The mean self-confidence of the labels of each class, and of each kind."""

    def __init__(self, labels: Iterable[Check]) -> None:
        classes: dict[tuple[str, str | None], list[float]] = defaultdict(list)
        for one in labels:
            if one.given is not None:
                classes[_kind(one.kind), one.given].append(one.self_confidence)
                classes[_kind(one.kind), None].append(one.self_confidence)
        self._means = {
            key: fmean(values)
            for key, values in classes.items()
            if key[1] is None or len(values) >= ENOUGH
        }

    def of(self, kind: str, proposed: str) -> float:
        """What the belief in a label of this class must reach; one half where no label tells."""
        means, kind = self._means, _kind(kind)
        return min(means.get((kind, proposed), means.get((kind, None), 0.5)), MOST)


def _kind(kind: str) -> str:
    return "answer" if kind == "ambiguous" else kind
