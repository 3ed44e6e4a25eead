"""What the solver says about a picture, as the store keeps it."""

from solver.solution import Failure, Json, Solution, record, seen_to_json
from store.leases import NewResult


def to_result(
    item_id: int,
    outcome: Solution | Failure,
    model_id: str,
    seconds: float,
    judged: Json | None = None,
    thumbnail: str | None = None,
) -> NewResult:
    """The row of one picture, rounded exactly as the command line prints it.

    `judged`: how the answer was scored, in an evaluation. `thumbnail`: the blob of its small copy.
    """
    if isinstance(outcome, Failure):
        return NewResult(
            item_id,
            error_code=outcome.code,
            error_message=outcome.message,
            model=model_id,
            outcome=judged,
            seconds=seconds,
        )
    line = record("", outcome)
    return NewResult(
        item_id,
        tile=line["tile"],
        point=(line["point"][0], line["point"][1]),
        digit=line["digit"],
        confidence=line["confidence"],
        model=model_id,
        seen=seen_to_json(outcome.seen),
        outcome=judged,
        thumbnail=thumbnail,
        seconds=seconds,
    )
