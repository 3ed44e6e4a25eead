"""What follows on a training: which pictures its model is judged by, and the gate by itself."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from store import audit, gates, models
from store.settings import Settings
from store.tables import Job, Model


def propose(
    session: Session, settings: Settings, job: Job, model: Model, held_out: Collection[str]
) -> str | None:
    """Note what a candidate is judged by; start its gate where it is to be promoted by itself.

    That is where the job's parameter `promote` says so or, where it is silent, the setting. For the
    transaction that registers the candidate of a retrain job: `model.job_id` names the job.
    `held_out`: names of the dataset's pictures that the training kept to judge by. Gives the id of
    the gate's job, None where none is started. One that passes is promoted when that job ends.
    """
    job.params = job.params | {gates.HELD_OUT: sorted(held_out)}
    session.flush()
    promote = job.params.get("promote")
    wanted = settings.auto_promote if promote is None else promote
    champion = models.champion(session)
    alone = champion is None or champion.id == model.id
    if not wanted or alone or job.dataset_id is None or not held_out:
        return None
    gate, _ = gates.start(
        session,
        job.key_id,
        model,
        job.dataset_id,
        chunk_size=settings.chunk_size,
        promote=True,
    )
    audit.note(session, None, "job.gate", gate.id, {"model": model.id, "promote": True})
    return gate.id
