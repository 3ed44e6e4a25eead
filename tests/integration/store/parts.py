"""What the store's tests share: small jobs, workers' steps, and time that passes at once."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import expiry, jobs, keys, leases, quarantine
from store.session import Database
from store.tables import Chunk, Item, Job, Result

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BLOB = "ab" * 32


def new_key(database: Database) -> str:
    """Make a key that may submit; gives its id."""
    with database.begin() as session:
        return keys.create(session, "test", ["read", "submit"])[0].id


def pictures(count: int) -> list[jobs.NewItem]:
    """Name some pictures."""
    return [jobs.NewItem(f"{number}.png", BLOB) for number in range(count)]


def accepted(
    database: Database, key_id: str, count: int = 3, chunk_size: int = 10, kind: str = "solve"
) -> Job:
    """Accept a job of some pictures."""
    with database.begin() as session:
        return jobs.accept(session, key_id, kind, pictures(count), chunk_size=chunk_size)[0]


def chunk_ids(database: Database, job: Job, state: str = "ready") -> list[int]:
    """List the chunks of a job that are in a state, in order."""
    query = select(col(Chunk.id)).where(col(Chunk.job_id) == job.id, col(Chunk.state) == state)
    with database.read() as session:
        return list(session.scalars(query.order_by(col(Chunk.id))))


def claimed(database: Database, chunk_id: int) -> leases.Lease:
    """Claim a chunk that can be claimed."""
    with database.begin() as session:
        lease = leases.claim(session, chunk_id, "worker", 60)
    assert lease is not None
    return lease


def leased(database: Database, job: Job) -> leases.Lease:
    """Claim the first chunk of a job that is ready."""
    make_due(database)
    return claimed(database, chunk_ids(database, job)[0])


def begun(database: Database, lease: leases.Lease, count: int | None = None) -> list[int]:
    """Begin the first pictures of a lease, or all."""
    ids = [item.id for item in lease.items][:count]
    with database.begin() as session:
        return leases.begin(session, lease, ids)


def recorded(database: Database, lease: leases.Lease, item_ids: list[int]) -> int:
    """Record an answer for each picture."""
    results = [leases.NewResult(item_id, tile=1, point=(2.5, 3.5)) for item_id in item_ids]
    with database.begin() as session:
        return leases.record(session, lease, results)


def closed(database: Database, lease: leases.Lease) -> None:
    """Close a lease."""
    with database.begin() as session:
        leases.release(session, lease)


def worked_off(database: Database, job: Job) -> None:
    """Solve every chunk of a job that is ready, as a worker does."""
    make_due(database)
    for chunk_id in chunk_ids(database, job):
        lease = claimed(database, chunk_id)
        recorded(database, lease, begun(database, lease))
        closed(database, lease)


def lapse(database: Database, lease: leases.Lease) -> None:
    """Let a lease run out, without waiting for it."""
    change = update(Chunk).where(col(Chunk.token) == lease.token).values(lease_until=LONG_AGO)
    with database.begin() as session:
        session.execute(change)


def crashed(database: Database, lease: leases.Lease) -> None:
    """Let the holder of a lease die, and the sweeper notice."""
    lapse(database, lease)
    with database.begin() as session:
        assert expiry.expire(session) == 1


def make_due(database: Database) -> None:
    """Let every wait before another attempt be over."""
    with database.begin() as session:
        session.execute(
            update(Chunk).where(col(Chunk.state) == "ready").values(available_at=LONG_AGO)
        )


def job_now(database: Database, job: Job) -> Job:
    """Read a job afresh."""
    with database.read() as session:
        return jobs.get(session, None, job.id)


def item_states(database: Database, job: Job) -> list[str]:
    """List the states of a job's pictures in order."""
    query = select(col(Item.state)).where(col(Item.job_id) == job.id).order_by(col(Item.position))
    with database.read() as session:
        return list(session.scalars(query))


def results_of(session: Session, job: Job) -> list[Result]:
    """List the results of a job in order."""
    query = select(Result).where(col(Result.job_id) == job.id).order_by(col(Result.position))
    return list(session.scalars(query))


def finished(database: Database, job: Job) -> bool:
    """Try to finish a job; tell whether this ended it."""
    with database.begin() as session:
        return jobs.finish(session, job.id)


def quarantined(database: Database, job: Job) -> None:
    """Let the first picture of a job kill as many workers as it takes."""
    for _ in range(quarantine.MAX_ATTEMPTS):
        make_due(database)
        lease = claimed(database, chunk_ids(database, job)[-1])
        begun(database, lease, 1)
        crashed(database, lease)
