"""The gate: what was decided of a candidate, and what that means for its promotion."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from store import datasets, models
from store.accept import Limits, NewItem, accept
from store.clock import now
from store.errors import InvalidState, NotFound
from store.jobs import get as get_job
from store.states import JobKind
from store.tables import DatasetImage, Evaluation, Job, Model

#: Where a training notes the pictures that its model is judged by, in its job's parameters.
HELD_OUT = "held_out"


def start(
    session: Session,
    key_id: str,
    model: Model,
    dataset_id: str,
    *,
    chunk_size: int,
    split: str = "test",
    promote: bool = False,
    idempotency: tuple[str, str] | None = None,
    limits: Limits | None = None,
) -> tuple[Job, bool]:
    """Take on a job that solves the held-out puzzles with champion and candidate.

    Each picture stands in it twice, one after the other, so that both models are timed under the
    same load. Held out are the pictures that the candidate's own training on this dataset kept to
    judge by; else those whose label says `split` (`test` or `all`), which a worker finds out.
    `promote`: a candidate that passes and answers no fewer puzzles rightly becomes the champion.
    Raises `InvalidState` when there is no champion, or the model is it; `NotFound`, `QueueFull`.
    """
    champion = models.champion(session)
    if champion is None:
        raise InvalidState("there is no champion to compare with; start a worker first")
    if champion.id == model.id:
        raise InvalidState(f"{model.id} is the champion itself; name a candidate")
    kept = _held_out(session, model, dataset_id) if split == "test" else None
    images = [
        image
        for image in datasets.images(session, dataset_id)
        if kept is None or image.name in kept
    ]
    return accept(
        session,
        key_id,
        JobKind.EVALUATE.value,
        _twice(images),
        chunk_size=chunk_size,
        params={
            "gate": True,
            "models": [champion.id, model.id],
            "split": "all" if kept is not None else split,
            "promote": promote,
        },
        dataset_id=dataset_id,
        model=model.id,
        idempotency=idempotency,
        limits=limits,
    )


def _held_out(session: Session, model: Model, dataset_id: str) -> set[str] | None:
    """The pictures that the model's training on this dataset kept to judge by, if it noted any."""
    if model.job_id is None:
        return None
    try:
        job = get_job(session, None, model.job_id)
    except NotFound:
        return None
    kept = job.params.get(HELD_OUT)
    return set(kept) if kept and job.dataset_id == dataset_id else None


def _twice(images: Sequence[DatasetImage]) -> list[NewItem]:
    return [NewItem(image.name, image.blob) for image in images for _ in range(2)]


def decided(
    session: Session,
    job: Job,
    decision: dict[str, Any],
    champion: Evaluation,
    candidate: Evaluation,
) -> Model:
    """Write a decision (`passed`, `reasons`, `figures`) to its model; raises `NotFound`."""
    model = models.get(session, candidate.model)
    model.gate = {
        **decision,
        "champion": champion.model,
        "dataset": job.dataset_id,
        "dataset_version": candidate.dataset_version,
        "evaluations": {"champion": champion.id, "candidate": candidate.id},
        "job": job.id,
        "at": now(session).isoformat(),
    }
    session.flush()
    return model


def refusals(model: Model) -> list[str]:
    """Why the gate refused a model; nothing where it passed, or was never asked."""
    gate = model.gate
    return [] if gate is None or gate["passed"] else list(gate["reasons"])


def word(model: Model) -> str:
    """What the gate said of a model, for the audit log."""
    return "none" if model.gate is None else "passed" if model.gate["passed"] else "refused"
