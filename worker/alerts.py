"""Whether a nightly evaluation is so far below an earlier one that somebody should look."""

from solver.evaluation import Outcome, outcome_from_json
from solver.evaluation.paired import probability_worse
from solver.evaluation.statistics import wilson
from solver.solution import Json
from store import outcomes
from store.blobs import Blobs
from store.errors import BlobMissing
from store.tables import Evaluation
from worker.measured import Measured

#: A fall that chance makes with less than this probability is told.
SIGNIFICANCE = 0.05


def fallen(blobs: Blobs, before: Evaluation, after: Measured) -> Json | None:
    """What to tell where the accuracy fell by more than chance explains, else None.

    Where the earlier evaluation kept its outcomes, both are compared puzzle by puzzle (exact
    one-sided McNemar test); else the accuracy is held against the lower end of the earlier one's
    95% interval.
    """
    accuracy, earlier = after.summary.accuracy, before.accuracy
    if accuracy is None or earlier is None or accuracy >= earlier:
        return None
    p = _chance(blobs, before, after)
    if p is None:
        ends = wilson(round(earlier * before.scored), before.scored)
        if ends is None or accuracy >= ends[0]:
            return None
    elif p >= SIGNIFICANCE:
        return None
    return {
        "since": before.id,
        "from": earlier,
        "to": accuracy,
        "p": p,
        "message": _message(before, after, p),
    }


def _chance(blobs: Blobs, before: Evaluation, after: Measured) -> float | None:
    """The p-value of the fall, None where the earlier outcomes are not kept."""
    earlier = _kept(blobs, before)
    if earlier is None:
        return None
    both = [(earlier[k].correct is True, one.correct is True) for k, one in _shared(earlier, after)]
    gained = sum(right and not was for was, right in both)
    lost = sum(was and not right for was, right in both)
    return probability_worse(gained, lost)


def _kept(blobs: Blobs, before: Evaluation) -> dict[str, Outcome] | None:
    if before.outcomes is None:
        return None
    try:
        lines = list(outcomes.read(blobs, before.outcomes))
    except BlobMissing:
        return None
    return {line.pop("picture"): _outcome(line) for line in lines}


def _outcome(line: Json) -> Outcome:
    """An outcome without its place in the job."""
    return outcome_from_json({name: value for name, value in line.items() if name != "position"})


def _shared(earlier: dict[str, Outcome], after: Measured) -> list[tuple[str, Outcome]]:
    return [
        (picture, one)
        for picture, one in after.puzzles.items()
        if picture in earlier and (one.scored or earlier[picture].scored)
    ]


def _message(before: Evaluation, after: Measured, p: float | None) -> str:
    how = "below its 95% interval" if p is None else f"p = {p:.2g}"
    return (
        f"the accuracy fell from {before.accuracy:.4f} ({before.model}) to "
        f"{after.summary.accuracy:.4f} ({after.summary.model}), {how}"
    )
