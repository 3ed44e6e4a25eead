"""Whether a candidate may take the champion's place: both on the same held-out puzzles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain

from solver.evaluation.outcome import Outcome
from solver.evaluation.paired import holm, probability_worse
from solver.evaluation.statistics import calibration, calibration_error, wilson
from solver.evaluation.summary import slices_of
from solver.solution import ORBITS, Json

#: Slices that all held-out puzzles share, or that say nothing of the puzzle.
NO_SLICES = ("split", "answer")
#: Seconds a puzzle by which a candidate may be slower whatever the ratio is: less is noise.
LATENCY_NOISE = 0.005


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is asked of a candidate.

    `significance`: a difference that chance makes with less than this probability counts.
    `latency`: how many times the champion's seconds a puzzle may take. `calibration`: by how much
    the expected calibration error may be larger than the champion's.
    """

    significance: float = 0.05
    latency: float = 1.25
    calibration: float = 0.05


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a candidate passed; `reasons` say in words why not, `figures` hold every number."""

    passed: bool
    reasons: tuple[str, ...]
    figures: Json

    def to_json(self) -> Json:
        """The decision as plain JSON."""
        return {"passed": self.passed, "reasons": list(self.reasons), "figures": self.figures}


@dataclass(slots=True)
class Counts:
    """Some puzzles: how many each model answered rightly, and who alone did."""

    puzzles: int = 0
    champion: int = 0
    candidate: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, was: bool, right: bool) -> None:
        """Count a puzzle that the champion, and then the candidate, answered rightly or not."""
        self.puzzles += 1
        self.champion += was
        self.candidate += right
        self.gained += right and not was
        self.lost += was and not right

    @property
    def p(self) -> float:
        """How probable it is to lose as many by chance."""
        return probability_worse(self.gained, self.lost)

    def words(self) -> str:
        """The counts for a person to read."""
        return (
            f"{self.candidate} instead of {self.champion} of {self.puzzles} puzzles right "
            f"({self.lost} lost, {self.gained} gained)"
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Both models on all puzzles and on each slice, with the p-values of the slices together."""

    overall: Counts
    slices: Mapping[tuple[str, str], Counts]
    adjusted: Mapping[tuple[str, str], float] = field(default_factory=dict)


def decide(
    champion: Sequence[Outcome],
    candidate: Sequence[Outcome],
    seconds: tuple[float, float],
    bounds: Bounds | None = None,
) -> Decision:
    """Hold a candidate against the champion on the same puzzles.

    It passes when there are enough puzzles to tell, and when nothing shows that it is worse:
    neither on all puzzles nor on any slice (exact one-sided McNemar test; over the slices with
    Holm's correction, so that one of many does not fall by chance), nor slower, nor worse
    calibrated than `bounds` allow. It need not be better. `seconds`: the time a puzzle takes, of
    the champion and of the candidate. A puzzle counts where either model could be scored on it.
    """
    bounds = bounds or Bounds()
    compared = _compare(champion, candidate)
    errors = _error(champion), _error(candidate)
    reasons = tuple(
        chain(
            _too_few(compared, bounds),
            _worse(compared, bounds),
            _slower(seconds, bounds),
            _less_calibrated(errors, bounds),
        )
    )
    return Decision(not reasons, reasons, _figures(compared, seconds, errors, bounds))


def _compare(champion: Sequence[Outcome], candidate: Sequence[Outcome]) -> Compared:
    overall, slices = Counts(), dict[tuple[str, str], Counts]()
    others = {outcome.task: outcome for outcome in candidate}
    for before in champion:
        after = others.get(before.task)
        if after is None or not (before.scored or after.scored):
            continue
        was, right = before.correct is True, after.correct is True
        overall.add(was, right)
        for one in _slices(before if before.scored else after):
            slices.setdefault(one, Counts()).add(was, right)
    adjusted = holm([counts.p for counts in slices.values()])
    return Compared(overall, slices, dict(zip(slices, adjusted, strict=True)))


def _slices(outcome: Outcome) -> Iterator[tuple[str, str]]:
    return (one for one in slices_of(outcome) if one[0] not in NO_SLICES)


def _too_few(compared: Compared, bounds: Bounds) -> Iterator[str]:
    """A digit that is wholly broken must show: its puzzles, all lost, must be significant."""
    each = math.ceil(math.log2(max(len(compared.slices), 1) / bounds.significance))
    counts = {
        digit: compared.slices.get(("digit", str(digit)), Counts()).puzzles
        for digit in range(1, ORBITS + 1)
    }
    rarest = min(counts, key=lambda digit: counts[digit])
    if counts[rarest] >= each:
        return
    total = compared.overall.puzzles
    needed = math.ceil(total * each / counts[rarest]) if counts[rarest] else ORBITS * each
    yield (
        f"too few held-out puzzles to tell: {total}, of which {counts[rarest]} with the digit "
        f"{rarest}; a broken digit shows from {each} puzzles of each digit on, which takes about "
        f"{max(needed, ORBITS * each)} held-out puzzles"
    )


def _worse(compared: Compared, bounds: Bounds) -> Iterator[str]:
    overall = compared.overall
    if overall.p < bounds.significance:
        yield f"worse on all puzzles: {overall.words()}, p = {overall.p:.2g}"
    for (kind, name), p in compared.adjusted.items():
        if p < bounds.significance:
            words = compared.slices[kind, name].words()
            yield f"worse on {kind} {name}: {words}, p = {p:.2g} with Holm's correction"


def _slower(seconds: tuple[float, float], bounds: Bounds) -> Iterator[str]:
    before, after = seconds
    if after > max(bounds.latency * before, before + LATENCY_NOISE):
        yield (
            f"slower: {1000 * after:.1f} instead of {1000 * before:.1f} ms a puzzle, more than "
            f"{bounds.latency:g} times as long"
        )


def _less_calibrated(errors: tuple[float | None, float | None], bounds: Bounds) -> Iterator[str]:
    before, after = errors
    if before is not None and after is not None and after > before + bounds.calibration:
        yield (
            f"worse calibrated: a calibration error of {after:.4f} instead of {before:.4f}, "
            f"more than {bounds.calibration:g} above"
        )


def _error(outcomes: Sequence[Outcome]) -> float | None:
    """The expected calibration error of the answers that were scored."""
    sure = [
        (o.confidence, o.correct is True) for o in outcomes if o.scored and o.confidence is not None
    ]
    return calibration_error(calibration(*zip(*sure, strict=True))) if sure else None


def _figures(
    compared: Compared,
    seconds: tuple[float, float],
    errors: tuple[float | None, float | None],
    bounds: Bounds,
) -> Json:
    overall = compared.overall
    better = probability_worse(overall.lost, overall.gained) < bounds.significance
    return {
        "puzzles": overall.puzzles,
        "champion": _model(overall.champion, overall.puzzles, seconds[0], errors[0]),
        "candidate": _model(overall.candidate, overall.puzzles, seconds[1], errors[1]),
        "gained": overall.gained,
        "lost": overall.lost,
        "p_worse": overall.p,
        "significantly_better": better,
        "slices": [
            {"slice": kind, "name": name, **asdict(counts), "p": counts.p, "p_holm": p}
            for (kind, name), counts in compared.slices.items()
            for p in (compared.adjusted[kind, name],)
        ],
        "bounds": asdict(bounds),
    }


def _model(correct: int, puzzles: int, seconds: float, error: float | None) -> Json:
    interval = wilson(correct, puzzles)
    return {
        "correct": correct,
        "accuracy": correct / puzzles if puzzles else None,
        "interval": list(interval) if interval else None,
        "seconds": seconds,
        "calibration_error": error,
    }
