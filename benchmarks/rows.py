"""Fills an empty database with what a month of work leaves: jobs, results, evaluations, models.

Times, sizes and answers follow formulas, so that every run has the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.orm import Session

from benchmarks import bulk
from store import jobs, keys, migrate
from store.accept import NewItem
from store.clock import new_id
from store.columns import to_milliseconds
from store.session import open_database, parse_url
from store.tables import Dataset, Evaluation, Job, Model

#: The largest share of all results that a job may have.
SHARE = 0.1
#: Every so many jobs one is a batch; the others have a single picture.
BATCH = 10
#: Days over which the work is spread.
DAYS = 30
KEYS, DATASETS, MODELS = 50, 20, 50
#: Results for each evaluation; pictures that wait for a worker.
PER_EVALUATION, WAITING = 2000, 10_000
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Grown:
    """A database that was filled: the administrator's key, and one that may only read.

    `first` is the largest job, and the oldest; `second` the next in size, with so many pictures;
    `early` one of the first jobs.
    """

    results: int
    jobs: int
    admin: str
    reader: str
    first: str
    second: str
    second_size: int
    early: str
    dataset: str
    model: str


def grow(url: str, results: int) -> Grown:
    """Fill the database at a URL; it has nothing yet, not even tables."""
    migrate.upgrade(url)
    admin, reader, ids = _keys(url)
    made = [_job(*it, ids) for it in enumerate(_spread(results))]
    with _in_bulk(url) as connection:
        datasets = _registries(connection, ids)
        connection.execute(insert(Job), made)
        connection.execute(insert(Evaluation), list(_evaluations(made, datasets, results)))
        bulk.finished(connection, list(_plan(made)))
    _settle(url, ids[0])
    first, second = sorted(made, key=lambda job: -int(job["total"]))[:2]
    return Grown(
        results=results,
        jobs=len(made),
        admin=admin,
        reader=reader,
        first=first["id"],
        second=second["id"],
        second_size=second["total"],
        early=made[len(made) // 20]["id"],
        dataset=datasets[0],
        model=f"small@{0:012x}",
    )


def sizes(results: int) -> Iterator[int]:
    """Pictures of each job: the first is the largest, most have one, few have many."""
    largest, left = min(bulk.LARGEST, int(results * SHARE)), results
    for number in count():
        part = 1 - number * _GOLDEN % 1
        size = min(1 if number % BATCH else round(largest**part**4), left)
        yield size
        left -= size
        if not left:
            return


def _spread(results: int) -> Iterator[tuple[int, datetime]]:
    """Sizes, and when each job began: evenly over the days, and ended before now."""
    now, done = datetime.now(UTC), 0
    for size in sizes(results):
        began = now - timedelta(days=DAYS * (1 - done / results), seconds=size * bulk.PACE + 1)
        yield size, to_milliseconds(began)
        done += size


def _keys(url: str) -> tuple[str, str, list[str]]:
    database = open_database(url)
    with database.begin() as session:
        _, admin = keys.create(session, "administrator", ["admin"])
        made = [keys.create(session, f"key {n}", ["read", "submit"]) for n in range(KEYS)]
    database.dispose()
    return admin, made[0][1], [row.id for row, _ in made]


def _job(number: int, spread: tuple[int, datetime], ids: Sequence[str]) -> dict[str, Any]:
    total, began = spread
    ended = began + timedelta(seconds=total * bulk.PACE)
    status = {7: "failed", 57: "cancelled"}.get(number % 100, "succeeded")
    row = Job(
        id=new_id(began),
        key_id=ids[number % len(ids)],
        kind="evaluate" if number % (5 * BATCH) == BATCH else "solve",
        status=status,
        total=total,
        done=total,
        failed=total // 100,
        cancel_requested=status == "cancelled",
        params={"model": "champion"},
        answers={"answered": total - total // 100, "unsure": total // 20, "3": total // 5},
        model="small@0123456789ab",
        request_id=new_id(began),
        created_at=began,
        started_at=began,
        finished_at=ended,
    )
    return row.model_dump()


def _plan(made: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What `bulk.finished` wants to know of each job."""
    chunk = item = 1
    largest = sorted(made, key=lambda job: -int(job["total"]))[:2]
    whole = {job["id"] for job in largest}
    for job in made:
        yield {
            "job_id": job["id"],
            "total": job["total"],
            "chunk": chunk,
            "item": item,
            "judged": job["kind"] == "evaluate",
            "whole": job["id"] in whole,
            "began": job["created_at"],
        }
        chunk += (job["total"] - 1) // bulk.CHUNK + 1
        item += job["total"]


def _registries(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Datasets and models; gives the ids of the datasets."""
    moment = to_milliseconds(datetime.now(UTC) - timedelta(days=DAYS))
    sets = [
        Dataset(
            id=new_id(moment),
            key_id=ids[n % len(ids)],
            name=f"dataset {n}",
            version=f"{n:064x}",
            status="ready",
            labels=f"{n:064x}",
            images=1000,
            puzzles=1000,
            nightly=True,
            created_at=moment,
        )
        for n in range(DATASETS)
    ]
    models = [
        Model(
            id=f"small@{n:012x}",
            name="small",
            state="candidate" if n else "champion",
            card={"text": "x" * 2000},
            created_at=moment,
        )
        for n in range(MODELS)
    ]
    connection.execute(insert(Dataset), [row.model_dump() for row in sets])
    connection.execute(insert(Model), [row.model_dump() for row in models])
    return [row.id for row in sets]


def _evaluations(
    made: Sequence[dict[str, Any]], datasets: Sequence[str], results: int
) -> Iterator[dict[str, Any]]:
    """The accuracy log: every dataset with every model, in turns."""
    many = max(DATASETS, results // PER_EVALUATION)
    for n in range(many):
        job = made[n * len(made) // many]
        yield Evaluation(
            id=new_id(job["finished_at"]),
            key_id=job["key_id"],
            model=f"small@{n // DATASETS % MODELS:012x}",
            dataset_id=datasets[n % DATASETS],
            dataset_name=f"dataset {n % DATASETS}",
            dataset_version=f"{n % DATASETS:064x}",
            accuracy=0.95,
            scored=1000,
            metrics=_metrics(),
            schedule="nightly",
            created_at=job["finished_at"],
        ).model_dump()


def _metrics() -> dict[str, Any]:
    """Figures of the size that an evaluation has: curves, and slices by fifty groups."""
    share = {"accuracy": 0.9545454545454546, "interval": [0.9273464348015678, 0.9976105365965432]}
    step = {"confidence": 0.999993, "coverage": 0.010101010101010102, "risk": 0.00102030405060708}
    return share | {
        "scored": 1000,
        "by": {"group": {f"{n}": share | {"correct": 50, "scored": 52} for n in range(50)}},
        "roc": [{"false": 0.0001, "true": 0.5654761904761905}] * 20,
        "calibration": [step | {"low": 0.5, "high": 0.5666666666666667}] * 15,
        "coverage_risk": [step] * 50,
    }


@contextmanager
def _in_bulk(url: str) -> Iterator[Connection]:
    """One transaction that checks no reference and, on PostgreSQL, hardly writes a journal."""
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        before = _SQLITE if sqlite else _POSTGRESQL
        for statement in before:
            connection.exec_driver_sql(statement)
        if sqlite:
            connection.commit()
        yield connection
        connection.commit()
    engine.dispose()


_SQLITE = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-500000",
)
_POSTGRESQL = (
    "SET session_replication_role = replica",
    "SET maintenance_work_mem = '512MB'",
    # A table emptied in this transaction needs no journal where wal_level is minimal.
    "TRUNCATE chunk, item, result",
)


def _settle(url: str, key_id: str) -> None:
    """Leave the database as its own upkeep would, and pictures that wait."""
    engine = create_engine(parse_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("chunk", "item"):
                last = f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
                connection.execute(text(last))
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
    engine.dispose()
    database = open_database(url)
    with database.begin() as session:
        _wait(session, key_id)
    database.dispose()


def _wait(session: Session, key_id: str) -> None:
    waiting = [NewItem(f"{n}.jpg", f"{n:064x}") for n in range(WAITING)]
    jobs.accept(session, key_id, "solve", waiting, chunk_size=bulk.CHUNK)
