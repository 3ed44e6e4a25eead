"""Adds up outcomes, one at a time, to the figures of an evaluation."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from solver.evaluation.attribution import LABEL, STAGES
from solver.evaluation.outcome import Outcome
from solver.evaluation.risk import CoveragePoint, Threshold, area, coverage_risk, threshold
from solver.evaluation.statistics import (
    Bin,
    RocPoint,
    calibration,
    calibration_error,
    roc_auc,
    roc_curve,
    wilson,
)
from solver.solution import Json

#: Puzzles are sliced by how many planets were found, this many to a slice.
CROWDING_STEP = 10
#: A class that was not read at all.
NONE = "none"


@dataclass(slots=True)
class Slice:
    """The accuracy of some puzzles; `interval` is the 95% Wilson interval."""

    correct: int = 0
    scored: int = 0

    def to_json(self) -> Json:
        """The slice as plain JSON."""
        return {
            "accuracy": self.correct / self.scored,
            "interval": _listed(wilson(self.correct, self.scored)),
            "correct": self.correct,
            "scored": self.scored,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of an evaluation; None where there was nothing to measure.

    `accuracy` is correct ÷ scored with its 95% Wilson `interval`; a failed puzzle counts as wrong
    and an ambiguous one not at all. `derived` counts the scored answers that followed from the
    fitted orbits because the label named none: there a wrong fit can agree with itself, so
    `by["answer"]` sets named answers apart. `digit_accuracy` is over every puzzle with a
    labelled digit, `detection_recall` over every labelled `+` of a solved picture.
    `match_roc_auc` pools the planets of all puzzles, `match_top1` is the share of tiles (where
    the `+` was found) whose most similar planet it is; `roc` is the curve. `calibration_error` is
    the expected calibration error over `calibration`, bins of equal width; `coverage_risk` is a
    curve, `aurc` the area under it, and `threshold` the confidence that keeps the risk below a
    target, where one was given and can be shown.

    `lost_to` counts wrong answers by stage, each once; `regained` is the accuracy that the truth
    in place of a stage would add, so that a wrong answer may count for several; the decision's
    truth is that of digit, orbits and matches at once. `suspected` wrong answers are likely the
    label's fault: `accuracy_without_suspects` leaves them out, while `accuracy` counts them as
    wrong. `confusions` count what each labelled digit, and each orbit of a named answer, was read
    as, or "none". `by` holds slices.
    """

    accuracy: float | None
    interval: tuple[float, float] | None
    correct: int
    scored: int
    ambiguous: int
    failed: int
    derived: int
    digit_accuracy: float | None
    detection_recall: float | None
    match_roc_auc: float | None
    match_top1: float | None
    roc: tuple[RocPoint, ...]
    calibration_error: float | None
    calibration: tuple[Bin, ...]
    coverage_risk: tuple[CoveragePoint, ...]
    aurc: float | None
    threshold: Threshold | None
    lost_to: dict[str, int]
    regained: dict[str, float]
    suspected: int
    accuracy_without_suspects: float | None
    confusions: dict[str, dict[str, dict[str, int]]]
    by: dict[str, dict[str, Json]]
    model: str
    puzzles_per_second: float | None

    def to_json(self) -> Json:
        """The object that `orrery evaluate --json` prints."""
        return {
            **asdict(self),
            "interval": _listed(self.interval),
            "roc": [asdict(one) for one in self.roc],
            "calibration": [asdict(one) for one in self.calibration],
            "coverage_risk": [asdict(one) for one in self.coverage_risk],
        }


def summarise(outcomes: Iterable[Outcome], model: str, seconds: float) -> Summary:
    """The figures of some outcomes, read once; `seconds` is the time that solving took."""
    tally = Tally()
    for outcome in outcomes:
        tally.add(outcome)
    return tally.summary(model, seconds)


class Tally:
    """Running sums; memory grows by eight bytes a planet."""

    def __init__(self) -> None:
        self._puzzles = self._ambiguous = self._failed = self._derived = 0
        self._all = Slice()
        self._digits = Slice()
        self._targets = self._found = self._top = 0
        self._positives, self._negatives = array("d"), array("d")
        self._confidences, self._right = array("d"), array("b")
        self._lost, self._regained = dict.fromkeys(STAGES, 0), dict.fromkeys(STAGES, 0)
        self._slices: dict[str, dict[str, Slice]] = {}
        self._confusions: dict[str, dict[str, Counter[str]]] = {"digit": {}, "orbit": {}}

    def add(self, outcome: Outcome) -> None:
        """Counts one more puzzle."""
        self._puzzles += 1
        self._ambiguous += outcome.ambiguous
        self._failed += outcome.failed
        self._positives.extend(outcome.positives)
        self._negatives.extend(outcome.negatives)
        if not outcome.failed:
            self._targets += outcome.targets
            self._found += outcome.found
            self._top += outcome.top
        if outcome.digit_correct is not None:
            _count(self._digits, outcome.digit_correct)
        self._confuse(outcome)
        if outcome.scored:
            self._add_scored(outcome)

    def _confuse(self, outcome: Outcome) -> None:
        if outcome.digit is None:
            return
        self._read("digit", outcome.digit, outcome.digit_read)
        # A derived answer has the orbit that it was derived from.
        if outcome.box is not None and not outcome.derived:
            self._read("orbit", outcome.digit, outcome.orbit_read)

    def _read(self, what: str, truth: int, read: int | None) -> None:
        self._confusions[what].setdefault(str(truth), Counter())[str(read or NONE)] += 1

    def _add_scored(self, outcome: Outcome) -> None:
        correct = outcome.correct is True
        _count(self._all, correct)
        self._derived += outcome.derived
        if outcome.confidence is not None:
            self._confidences.append(outcome.confidence)
            self._right.append(correct)
        if outcome.lost_to is not None:
            self._lost[outcome.lost_to] += 1
        for stage in outcome.regained:
            self._regained[stage] += 1
        for name, key in slices_of(outcome):
            _count(self._slices.setdefault(name, {}).setdefault(key, Slice()), correct)

    def summary(self, model: str, seconds: float, target_risk: float | None = None) -> Summary:
        """The figures so far."""
        answers = self._confidences, self._right
        bins, suspected = calibration(*answers), self._lost[LABEL]
        return Summary(
            accuracy=_share(self._all.correct, self._all.scored),
            interval=wilson(self._all.correct, self._all.scored),
            correct=self._all.correct,
            scored=self._all.scored,
            ambiguous=self._ambiguous,
            failed=self._failed,
            derived=self._derived,
            digit_accuracy=_share(self._digits.correct, self._digits.scored),
            detection_recall=_share(self._found, self._targets),
            match_roc_auc=roc_auc(self._positives, self._negatives),
            match_top1=_share(self._top, self._found),
            roc=roc_curve(self._positives, self._negatives),
            calibration_error=calibration_error(bins),
            calibration=bins,
            coverage_risk=coverage_risk(*answers, self._all.scored),
            aurc=area(*answers),
            threshold=threshold(*answers, self._all.scored, target_risk) if target_risk else None,
            lost_to=dict(self._lost),
            regained={
                name: count / max(self._all.scored, 1) for name, count in self._regained.items()
            },
            suspected=suspected,
            accuracy_without_suspects=_share(self._all.correct, self._all.scored - suspected),
            confusions={
                name: {truth: dict(sorted(read.items())) for truth, read in sorted(table.items())}
                for name, table in self._confusions.items()
            },
            by=self._by(),
            model=model,
            puzzles_per_second=round(self._puzzles / seconds, 3) if seconds > 0 else None,
        )

    def _by(self) -> dict[str, dict[str, Json]]:
        return {
            name: {key: slices[key].to_json() for key in sorted(slices, key=_natural)}
            for name, slices in sorted(self._slices.items())
        }


def slices_of(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """The slices that a puzzle falls into, (kind, name).

    The digit names the orbit that is asked for, so that there is no slice by orbit besides.
    """
    yield "digit", str(outcome.digit or "unknown")
    yield "tile", str(outcome.answer or "unknown")
    yield "split", outcome.split
    yield "answer", "named" if outcome.answer and not outcome.derived else "derived"
    yield "crowding", _crowding(outcome.planets)
    yield from outcome.groups
    groups = dict(outcome.groups)
    if "style" in groups and "difficulty" in groups:
        yield "style_difficulty", f"{groups['style']}, {groups['difficulty']}"


def _crowding(planets: int | None) -> str:
    if planets is None:
        return "unsolved"
    low = planets // CROWDING_STEP * CROWDING_STEP
    return f"{low}-{low + CROWDING_STEP - 1}"


def _natural(key: str) -> tuple[int, str]:
    number = key.split("-")[0]
    return (int(number), key) if number.isdecimal() else (1 << 30, key)


def _count(one: Slice, correct: bool) -> None:
    one.correct += correct
    one.scored += 1


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _listed(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)
