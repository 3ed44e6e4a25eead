"""A past result computed again: by the model that it names, and by today's champion."""

from sqlalchemy.orm import Session

from store import jobs, models, results
from store.accept import Limits, NewItem, accept
from store.errors import InvalidState, NotFound
from store.states import JobKind
from store.tables import Job, Result


def start(
    session: Session,
    tenant: str | None,
    key_id: str,
    job_id: str,
    position: int,
    *,
    idempotency: tuple[str, str] | None = None,
    limits: Limits | None = None,
) -> tuple[Job, bool]:
    """Take on a job that solves the picture of a result again, once with each of both models.

    Raises `NotFound` where there is no such result or its model is not registered, `InvalidState`
    where no model gave it, `QueueFull`.
    """
    item = jobs.item(session, tenant, job_id, position)
    result = results.one(session, job_id, position)
    if result.model is None:
        raise InvalidState("no model gave this result, so none can give it again")
    then = models.get(session, result.model)
    champion = models.champion(session) or then
    picture = NewItem(item.name, item.blob)
    return accept(
        session,
        key_id,
        JobKind.SOLVE.value,
        [picture, picture],
        chunk_size=2,
        params={
            "replay": {"job": job_id, "position": position},
            "models": [then.id, champion.id],
        },
        model=then.id,
        idempotency=idempotency,
        limits=limits,
    )


def original(session: Session, tenant: str | None, replay: Job) -> Result:
    """The past result that a job computes again; raises `NotFound`, also where it is gone."""
    of = replay.params.get("replay")
    if of is None:
        raise NotFound(f"job {replay.id} is no replay")
    jobs.get(session, tenant, of["job"])
    return results.one(session, of["job"], of["position"])
