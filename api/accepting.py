"""The one way in which work is taken on: one transaction, then a hint to the broker."""

from collections.abc import Sequence
from typing import Any

import structlog

from api.auth import caller
from api.services import services
from store import audit, dispatch, jobs
from store.accept import Limits, NewItem
from store.errors import StoreError
from store.states import Priority
from store.tables import Job

_log = structlog.get_logger("api")

#: Chunks for which a message is sent at once; the dispatcher sends the rest.
AT_ONCE = 64


def take_on(
    kind: str,
    items: Sequence[NewItem],
    idempotency: tuple[str, str] | None,
    *,
    dataset_id: str | None = None,
    model: str | None = None,
    priority: str = Priority.NORMAL,
    params: dict[str, Any] | None = None,
) -> Job:
    """Accept a job for the caller, or find the one that the same request made before."""
    with services().database.begin() as session:
        job, created = jobs.accept(
            session,
            caller().key_id,
            kind,
            items,
            chunk_size=services().settings.chunk_size,
            params=params,
            dataset_id=dataset_id,
            model=model,
            priority=priority,
            idempotency=idempotency,
            limits=limits(),
        )
        if created:
            audit.note(session, caller().key_id, f"job.{kind}", job.id, {"total": job.total})
    told = "job accepted" if created else "job found again"
    _log.info(told, job_id=job.id, kind=job.kind, pictures=job.total)
    if created:
        publish(job.id)
    return job


def limits() -> Limits:
    """How many pictures may wait."""
    settings = services().settings
    return Limits(per_key=settings.max_pending_per_key, in_all=settings.max_pending)


def publish(job_id: str) -> None:
    """Send messages for a job's chunks; where that fails the dispatcher sends them later."""
    database, publisher = services().database, services().publisher
    try:
        with database.begin() as session:
            ready = dispatch.dispatchable(session, AT_ONCE, job_id=job_id)
            dispatch.mark_published(session, [chunk_id for chunk_id, _ in ready])
        for queue in sorted({queue for _, queue in ready}):
            ids = [chunk_id for chunk_id, name in ready if name == queue]
            if not publisher.publish(ids, queue):
                with database.begin() as session:
                    dispatch.unmark_published(session, ids)
    except StoreError as error:
        # The job is accepted and committed: nothing that fails from here on may deny it.
        _log.warning("publishing failed", job_id=job_id, error=str(error))
