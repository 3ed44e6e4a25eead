"""Two evaluations held against each other puzzle by puzzle, from their kept outcomes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from api.errors import Conflict
from api.schemas import outcomes as wire
from store.tables import Evaluation

Json = dict[str, Any]
Pair = tuple[Json, Json]
#: A picture, and the how manieth outcome with it.
Key = tuple[str, int]

KINDS = ("fixed", "broken", "both_wrong", "both_right")
#: Puzzles are sliced by how many planets were found, this many to a slice.
CROWDING_STEP = 10


@dataclass(slots=True)
class _Tally:
    """Puzzles by what became of them in both."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def puzzles(self) -> int:
        return self.counts.total()

    @property
    def a(self) -> int:
        return self.counts["both_right"] + self.counts["broken"]

    @property
    def b(self) -> int:
        return self.counts["both_right"] + self.counts["fixed"]

    @property
    def p(self) -> float:
        return mcnemar(self.counts["fixed"], self.counts["broken"])


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided p-value of the exact McNemar test (McNemar, 1947)."""
    both, ways, tail = gained + lost, 1, 0
    for some in range(min(gained, lost) + 1):
        tail += ways
        ways = ways * (both - some) // (some + 1)
    return min(1.0, 2 * tail / (1 << both))


@dataclass(slots=True)
class Common:
    """The puzzles that two evaluations have in common: all counted, some of each kind listed."""

    overall: _Tally = field(default_factory=_Tally)
    slices: dict[tuple[str, str], _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    lists: dict[str, list[Pair]] = field(default_factory=lambda: {kind: [] for kind in KINDS})


def common(first: Iterable[Json], second: Iterable[Json], places: range) -> Common:
    """Pair the outcomes of two evaluations; `places`: which of each kind are listed.

    A puzzle is known by its picture, so that a dataset whose labels were corrected still compares.
    """
    found = Common()
    for pair in _pairs(first, second):
        kind = _kind(pair)
        if kind != "both_right" and found.overall.counts[kind] in places:
            found.lists[kind].append(pair)
        found.overall.counts[kind] += 1
        for one in _slices(pair[0]):
            found.slices[one].counts[kind] += 1
    return found


def compare(a: Evaluation, b: Evaluation, found: Common) -> wire.Comparison:
    """Compare two evaluations; raises `Conflict` where they have no puzzle in common."""
    overall, slices = found.overall, found.slices
    if not overall.puzzles:
        raise Conflict(
            "The two evaluations have no puzzle in common on which both could be scored; compare "
            "evaluations of one dataset."
        )
    lists = {kind: [_both(pair) for pair in pairs] for kind, pairs in found.lists.items()}
    return wire.Comparison(
        a=_side(a, overall.a, overall.puzzles),
        b=_side(b, overall.b, overall.puzzles),
        puzzles=overall.puzzles,
        p=overall.p,
        counts={kind: overall.counts[kind] for kind in KINDS},
        fixed=lists["fixed"],
        broken=lists["broken"],
        both_wrong=lists["both_wrong"],
        slices=[_slice(*one, slices[one]) for one in sorted(slices)],
    )


def _pairs(first: Iterable[Json], second: Iterable[Json]) -> Iterator[Pair]:
    """The outcomes of both by picture; one that occurs twice is told apart by its order.

    Of evaluations of one dataset, which have one order, no more than a pair is in memory.
    """
    others, passed = _by_picture(first), dict[Key, Json]()
    for key, outcome in _by_picture(second):
        if key not in passed:
            passed.update(_until(key, others))
        before = passed.pop(key, None)
        if before is not None and before["scored"] and outcome["scored"]:
            yield before, outcome


def _until(key: Key, outcomes: Iterator[tuple[Key, Json]]) -> Iterator[tuple[Key, Json]]:
    for one in outcomes:
        yield one
        if one[0] == key:
            return


def _by_picture(outcomes: Iterable[Json]) -> Iterator[tuple[Key, Json]]:
    seen: Counter[str] = Counter()
    for outcome in outcomes:
        picture = outcome["picture"]
        seen[picture] += 1
        yield (picture, seen[picture]), outcome


def _kind(pair: Pair) -> str:
    was, right = (one["correct"] is True for one in pair)
    if was:
        return "both_right" if right else "broken"
    return "fixed" if right else "both_wrong"


def _slices(outcome: Json) -> Iterator[tuple[str, str]]:
    yield "digit", str(outcome["digit"] or "unknown")
    yield "tile", str(outcome["answer"] or "unknown")
    yield "split", outcome["split"]
    planets = outcome["planets"]
    low = None if planets is None else planets // CROWDING_STEP * CROWDING_STEP
    yield "crowding", "unsolved" if low is None else f"{low}-{low + CROWDING_STEP - 1}"
    yield from ((kind, name) for kind, name in outcome["groups"])


def _both(pair: Pair) -> wire.BothOutcomes:
    a, b = (wire.PuzzleOutcome.model_validate(one) for one in pair)
    return wire.BothOutcomes(task=b.task, image=b.image, a=a, b=b)


def _side(row: Evaluation, correct: int, puzzles: int) -> wire.Side:
    return wire.Side(
        id=row.id,
        model=row.model,
        dataset=row.dataset_id,
        dataset_version=row.dataset_version,
        correct=correct,
        accuracy=correct / puzzles,
    )


def _slice(kind: str, name: str, tally: _Tally) -> wire.ComparedSlice:
    return wire.ComparedSlice(
        slice=kind,
        name=name,
        puzzles=tally.puzzles,
        a=tally.a,
        b=tally.b,
        fixed=tally.counts["fixed"],
        broken=tally.counts["broken"],
        p=tally.p,
    )
