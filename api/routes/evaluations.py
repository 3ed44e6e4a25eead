"""The accuracy log."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from api.answers import respond
from api.auth import caller, needs
from api.openapi import SECURITY, answers, errors, tag
from api.schemas import evaluations as wire
from api.services import services
from store import evaluations

api = APIBlueprint(
    "evaluations",
    __name__,
    url_prefix="/v1/evaluations",
    abp_tags=[tag("evaluations")],
    abp_security=SECURITY,
)


@api.get("", responses=answers(200, wire.EvaluationPage, "A page of the log.") | errors(422))
@needs("read")
def index(query: wire.EvaluationsQuery) -> Response:
    """List evaluations, newest first, nightly ones too; curves are with each one alone.

    Needs the scope `read`.
    """
    with services().database.read() as session:
        page = evaluations.page(
            session,
            caller().tenant,
            query.limit,
            query.cursor,
            dataset_id=query.dataset,
            model=query.model,
        )
    return respond(wire.EvaluationPage.model_validate(page))


@api.get(
    "/<id:evaluation_id>",
    responses=answers(200, wire.Evaluation, "The evaluation.") | errors(404),
)
@needs("read")
def show(path: wire.EvaluationPath) -> Response:
    """Read an evaluation with its slices. Needs the scope `read`."""
    with services().database.read() as session:
        row = evaluations.get(session, caller().tenant, path.evaluation_id)
    return respond(wire.Evaluation.model_validate(row))
