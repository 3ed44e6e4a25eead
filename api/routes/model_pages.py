"""The pages of the model registry: all models, one with its lineage and its gate, changes asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, g, render_template

from api import curves, sessions
from api.routes import model_files
from api.routes.pages import MANY, blueprint, cursor, visitor
from api.schemas.models import ModelPath
from api.services import services
from store import datasets, evaluations, gates, models
from store.tables import Evaluation, Model

#: Evaluations of a model that are listed.
LATEST = 12


@dataclass(frozen=True, slots=True)
class Branch:
    """A model and those that were made from it."""

    model: Model
    children: tuple["Branch", ...]


@blueprint.get("/models", endpoint="models")
def index() -> str:
    """All models; the champion first."""
    tenant = visitor().tenant
    with services().database.read() as session:
        champion = models.champion(session)
        page = models.page(session, MANY, cursor())
        named = [model.id for model in page.items] + ([champion.id] if champion else [])
        latest = evaluations.latest(session, tenant, named)
        before = models.former(session)
    return render_template(
        "models.html",
        champion=champion,
        page=page,
        latest=latest,
        before=before,
        refused={model.id for model in page.items if gates.refusals(model)},
    )


@blueprint.get("/models/<model:model_id>")
def model(model_id: str) -> str:
    """One model: where it comes from, its figures, and what the gate decided."""
    tenant = visitor().tenant
    with services().database.read() as session:
        row = models.get(session, model_id)
        family = models.family(session, row)
        measured = evaluations.page(session, tenant, LATEST, model=row.id, curves=True).items
        latest = evaluations.latest(session, tenant, [one.id for one in family])
        listed = datasets.page(session, tenant, MANY).items
    return render_template(
        "model.html",
        model=row,
        tree=_tree(family),
        latest=latest,
        measured=measured,
        roc=curves.roc(_curves(measured)),
        gate=row.gate,
        datasets=[one for one in listed if one.status == "ready"],
    )


def _tree(family: Sequence[Model]) -> list[Branch]:
    """The family as a tree; what was made from a model that is not known any more is a root."""
    known = {model.id for model in family}

    def grown(parent: str | None) -> tuple[Branch, ...]:
        here = (it for it in family if (it.parent if it.parent in known else None) == parent)
        return tuple(Branch(it, grown(it.id)) for it in here)

    return list(grown(None))


def _curves(measured: Sequence[Evaluation]) -> dict[str, list[dict[str, float]]]:
    """The latest ROC curve on each dataset."""
    found: dict[str, list[dict[str, float]]] = {}
    for row in measured:
        found.setdefault(row.dataset_name or "no dataset", row.metrics.get("roc") or [])
    return found


@blueprint.get("/models/<model:model_id>/promote")
def promotion(model_id: str) -> str:
    """Asks whether a model shall become the champion."""
    sessions.need("admin")
    with services().database.read() as session:
        row = models.get(session, model_id)
        now = models.champion(session)
        latest = evaluations.latest(session, None, [row.id, *([now.id] if now else [])])
    return render_template(
        "model_promote.html", model=row, champion=now, refusals=gates.refusals(row), latest=latest
    )


@blueprint.get("/models/rollback")
def rolling_back() -> str:
    """Asks whether the champion before this one shall come back."""
    sessions.need("admin")
    with services().database.read() as session:
        now, before = models.champion(session), models.former(session)
        named = [one.id for one in (now, before) if one is not None]
        latest = evaluations.latest(session, None, named)
    return render_template("model_rollback.html", champion=now, before=before, latest=latest)


@blueprint.get("/models/<model:model_id>/export")
def model_file(model_id: str) -> Response:
    """A model as one file."""
    g.caller = visitor()
    response: Response = model_files.export(ModelPath(model_id=model_id))
    return response
