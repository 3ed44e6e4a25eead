"""The accuracy log puzzle by puzzle."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from api.answers import respond
from api.auth import caller, needs
from api.comparing import common, compare
from api.errors import Conflict
from api.openapi import SECURITY, answers, errors, tag
from api.schemas import outcomes as wire
from api.schemas.evaluations import EvaluationPath
from api.services import services
from store import evaluations, outcomes, paging
from store.tables import Evaluation

api = APIBlueprint(
    "outcomes",
    __name__,
    url_prefix="/v1/evaluations",
    abp_tags=[tag("evaluations")],
    abp_security=SECURITY,
)

Json = dict[str, Any]


@api.get(
    "/<id:evaluation_id>/outcomes",
    responses=answers(200, wire.OutcomePage, "A page of puzzles.") | errors(404, 409, 422),
)
@needs("read")
def index(path: EvaluationPath, query: wire.OutcomesQuery) -> Response:
    """List what became of each puzzle of an evaluation, in the order of the pictures.

    Kept for ever, also when the job and its pictures are gone. Needs the scope `read`.
    """
    after = paging.decode(query.cursor, int) if query.cursor is not None else -1
    wanted = (
        (number, outcome)
        for number, outcome in enumerate(_read(_row(path.evaluation_id)))
        if number > after and _fits(outcome, query)
    )
    page = paging.cut(list(islice(wanted, query.limit + 1)), query.limit, lambda one: one[0])
    items = [wire.PuzzleOutcome.model_validate(outcome) for _, outcome in page.items]
    return respond(wire.OutcomePage(items=items, next=page.next))


def _fits(outcome: Json, query: wire.OutcomesQuery) -> bool:
    wrong = outcome["correct"] is False
    return (
        query.wrong in (None, wrong)
        and query.failed in (None, outcome["failed"])
        and query.lost_to in (None, outcome["lost_to"])
    )


@api.get(
    "/compare",
    responses=answers(200, wire.Comparison, "Both, side by side.") | errors(404, 409, 422),
)
@needs("read")
def both(query: wire.CompareQuery) -> Response:
    """Compare two evaluations puzzle by puzzle: what `b` fixed, broke, and neither got right.

    Answers 409 where they have no puzzle in common. Needs the scope `read`.
    """
    a, b = _row(query.a), _row(query.b)
    return respond(compare(a, b, common(_read(a), _read(b), range(query.limit))))


def _row(evaluation_id: str) -> Evaluation:
    with services().database.read() as session:
        return evaluations.get(session, caller().tenant, evaluation_id)


def _read(row: Evaluation) -> Iterator[Json]:
    if row.outcomes is None:
        raise Conflict(
            f"The evaluation {row.id} kept no outcomes, as those of earlier versions did not; "
            "evaluate again."
        )
    return outcomes.read(services().blobs, row.outcomes)
