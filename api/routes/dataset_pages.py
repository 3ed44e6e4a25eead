"""The pages of labelled datasets: all of them, and one with its contents, problems and versions."""

from collections import Counter
from typing import Any

from flask import render_template, request

from api import sessions
from api.routes.pages import MANY, blueprint, cursor, visitor
from api.services import services
from store import datasets as sets
from store import evaluations, models, reviews, suspicions
from store.tables import Dataset

#: Problems on a page, evaluations of each version, and models to choose from.
PROBLEMS, LATEST, MODELS = 25, 2, 100
#: Rows of a table of counts.
ROWS = 8

#: What the check and the audit count of each kind, in the words of the page.
COUNTS = {
    "digits": "Digit of the hint",
    "answers": "Named answer",
    "targets": "+ in tile",
    "orbits": "Orbit of the +",
    "splits": "Split",
    "sizes": "Size of the picture",
}


@blueprint.get("/datasets")
def datasets() -> str:
    """All datasets, newest first."""
    with services().database.read() as session:
        page = sets.page(session, visitor().tenant, MANY, cursor())
    return render_template("datasets.html", page=page)


@blueprint.get("/datasets/<id:dataset_id>")
def dataset(dataset_id: str) -> str:
    """One dataset: what is in it, what is wrong with it, and how well models do on it."""
    tenant = visitor().tenant
    code = request.args.get("code")
    with services().database.read() as session:
        row = sets.get(session, tenant, dataset_id)
        versions = [
            (it, evaluations.page(session, tenant, LATEST, dataset_id=it.id).items)
            for it in sets.lineage(session, tenant, row)
        ]
        found = suspicions.counts(session, row.id)
        known = [model.id for model in models.page(session, MODELS).items]
        champion = models.champion(session)
    problems = [it for it in row.problems if code in (None, it["code"])]
    return render_template(
        "dataset.html",
        dataset=row,
        statistics=row.statistics or {},
        counted=_counted(row),
        codes=Counter(it["code"] for it in row.problems).most_common(),
        code=code,
        problems=problems[:PROBLEMS],
        more=len(problems) - PROBLEMS,
        versions=versions,
        suspects=found,
        models=known,
        champion=champion,
    )


def _counted(row: Dataset) -> list[tuple[str, dict[str, int]]]:
    """What was counted, each kind with its counts."""
    statistics: dict[str, Any] = row.statistics or {}
    told = statistics | {"orbits": (statistics.get("audit") or {}).get("orbits")}
    return [(words, _most(told[name])) for name, words in COUNTS.items() if told.get(name)]


def _most(counts: dict[str, int]) -> dict[str, int]:
    """All counts, or the largest ones and the sum of the others."""
    if len(counts) <= ROWS:
        return counts
    first, others = Counter(counts).most_common(ROWS - 1), sum(counts.values())
    return dict(first) | {"others": others - sum(count for _, count in first)}


@blueprint.get("/datasets/<id:dataset_id>/delete")
def deletion(dataset_id: str) -> str:
    """Asks whether a dataset shall be deleted."""
    who = sessions.need("submit")
    with services().database.read() as session:
        row = sets.get(session, who.tenant, dataset_id)
        measured = evaluations.page(session, who.tenant, 1, dataset_id=row.id).items
        said = len(reviews.corrections(session, row.id))
    return render_template(
        "dataset_delete.html", dataset=row, measured=bool(measured), corrections=said
    )
