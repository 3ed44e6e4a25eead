"""The pages of the accuracy log: all of it, one evaluation, its puzzles, and two side by side.

Outcomes never change, so what was found among all of them for a page is remembered for the next.
"""

from functools import lru_cache
from typing import Any

from flask import Response, render_template, request

from api import charts, curves, mistakes
from api.comparing import Common, common, compare
from api.errors import Conflict, Invalid, Missing
from api.mistakes import Choice, Found, Shown
from api.routes.pages import MANY, blueprint, cursor, visitor
from api.routes.results import send_small
from api.schemas import evaluations as wire
from api.schemas.outcomes import BothOutcomes
from api.services import services
from store import evaluations as log
from store import history, outcomes, paging, results
from store.blobs import Blobs
from store.paging import Page
from store.tables import Evaluation

#: Points of the chart of the log, and rows of a list of compared puzzles.
POINTS, ROWS = 200, 25
#: Pages that are remembered; one takes 0.1 to 0.4 MB.
REMEMBERED = 32


@blueprint.get("/evaluations")
def evaluations() -> str:
    """The accuracy log, all of it or of a dataset or a model."""
    tenant = visitor().tenant
    dataset, model = request.args.get("dataset") or None, request.args.get("model") or None
    with services().database.read() as session:
        page = log.page(session, tenant, MANY, cursor(), dataset_id=dataset, model=model)
        every = history.points(session, tenant, POINTS)
        points = every
        if dataset or model:
            points = history.points(session, tenant, POINTS, dataset_id=dataset, model=model)
    return render_template(
        "evaluations.html",
        page=wire.EvaluationPage.model_validate(page),
        points=points,
        chart=charts.accuracy(points, by="model" if dataset else "dataset"),
        datasets={point.dataset_id: point.dataset_name for point in reversed(every)},
        models=list(dict.fromkeys(point.model for point in reversed(every))),
        picked={"dataset": dataset, "model": model},
    )


@blueprint.get("/evaluations/<id:evaluation_id>")
def evaluation(evaluation_id: str) -> str:
    """One evaluation with all its figures."""
    row = _row(evaluation_id)
    others = _others(row)
    entry = wire.Evaluation.model_validate(row)
    metrics = entry.metrics
    return render_template(
        "evaluation.html",
        entry=entry,
        metrics=metrics,
        has_outcomes=row.outcomes is not None,
        others=others,
        reliability=curves.reliability(metrics.get("calibration") or []),
        risk=curves.coverage_risk(metrics.get("coverage_risk") or []),
        roc=curves.roc({"Found": metrics.get("roc") or []}),
    )


def _others(row: Evaluation) -> list[Evaluation]:
    """Evaluations of the same dataset to compare with, newest first."""
    if row.dataset_id is None:
        return []
    with services().database.read() as session:
        page = log.page(session, visitor().tenant, MANY, dataset_id=row.dataset_id)
    return [other for other in page.items if other.id != row.id and other.outcomes]


@blueprint.get("/evaluations/<id:evaluation_id>/puzzles")
def puzzles(evaluation_id: str) -> str:
    """The puzzles of an evaluation: the wrong ones, or whichever are asked for."""
    row, choice = _row(evaluation_id), Choice.of(request.args)
    found = _found(services().blobs, _outcomes(row), choice, cursor())
    return render_template(
        "evaluation_puzzles.html",
        entry=row,
        choice=choice,
        found=found,
        shown=_shown(row, found.page.items),
    )


@lru_cache(REMEMBERED)
def _found(blobs: Blobs, sha: str, choice: Choice, cursor: str | None) -> Found:
    return mistakes.find(outcomes.read(blobs, sha), choice, cursor)


def _shown(row: Evaluation, page: list[dict[str, Any]]) -> list[Shown]:
    """Puzzles with what the stages saw, as long as the job is kept."""
    places = [one["position"] for one in page if one.get("position") is not None]
    kept = {}
    if row.job_id is not None:
        with services().database.read() as session:
            kept = results.at(session, row.job_id, places)
    return [mistakes.show(one, kept.get(one.get("position", -1))) for one in page]


@blueprint.get("/evaluations/<id:evaluation_id>/pictures/<sha:picture>")
def evaluation_picture(evaluation_id: str, picture: str) -> Response:
    """A small copy of a picture of an evaluation, as long as its job or its dataset is kept."""
    row = _row(evaluation_id)
    with services().database.read() as session:
        if not log.shows(session, row, picture):
            raise Missing("The picture is not kept any more.")
    return send_small(picture)


@blueprint.get("/evaluations/compare")
def comparison() -> str:
    """Two evaluations puzzle by puzzle, B held against A."""
    visitor()
    chosen = request.args.getlist("of")
    if request.args.get("order") == "age":
        chosen.sort()
    if len(set(chosen)) != 2:
        raise Invalid.of("of", "choose exactly two evaluations to compare")
    before, after = (_row(one) for one in chosen)
    show = request.args.get("show", "broken")
    start = paging.decode(cursor() or "", int) + 1 if cursor() else 0
    found = _common(services().blobs, _outcomes(before), _outcomes(after), start)
    both = compare(before, after, found)
    listed = {"fixed": both.fixed, "broken": both.broken, "both_wrong": both.both_wrong}
    return render_template(
        "compare.html",
        both=both,
        before=before,
        after=after,
        show=show if show in listed else "broken",
        page=_part(listed.get(show, both.broken), start),
    )


@lru_cache(REMEMBERED)
def _common(blobs: Blobs, before: str, after: str, start: int) -> Common:
    first, second = (outcomes.read(blobs, sha) for sha in (before, after))
    return common(first, second, range(start, start + ROWS + 1))


def _part(rows: list[BothOutcomes], start: int) -> Page[BothOutcomes]:
    cut = paging.cut(list(enumerate(rows, start)), ROWS, lambda row: row[0])
    return Page([row for _, row in cut.items], cut.next)


def _row(evaluation_id: str) -> Evaluation:
    with services().database.read() as session:
        return log.get(session, visitor().tenant, evaluation_id)


def _outcomes(row: Evaluation) -> str:
    """The blob of an evaluation's outcomes."""
    if row.outcomes is None:
        raise Conflict("This evaluation kept no outcomes, as those of earlier versions did not.")
    return row.outcomes
