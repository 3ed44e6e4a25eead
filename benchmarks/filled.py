"""A service as it is after a long time: few pictures, solved once, whose results repeat."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col, insert

from benchmarks.retrain_job import uploaded
from cli.audits import checked
from cli.client import Client
from cli.console import note
from store import outcomes
from store.blobs import Blobs
from store.session import open_database
from store.settings import Settings
from store.tables import Evaluation, Item, Job, Result

#: Puzzles that are drawn and solved; every so many in a hundred has a wrong label.
PUZZLES, LABEL_NOISE = 100, 0.05
#: Results of each of the two evaluations.
EVALUATED = 10_000
#: Every so many puzzles the second evaluation is wrong, so that there is something to compare.
BREAK = 50


@dataclass(frozen=True, slots=True)
class Filled:
    """What there is to look at, by id."""

    job: str
    dataset: str
    model: str
    evaluations: tuple[str, str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        told = json.loads(path.read_text("utf-8"))
        return cls(**told | {"evaluations": tuple(told["evaluations"])})

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        path.write_text(json.dumps(asdict(self)), "utf-8")


def fill(client: Client, folder: Path, count: int) -> Filled:
    """Have puzzles solved, evaluated twice and audited; then multiply what came of it.

    `folder`: where the service keeps its files. `count`: results in the database at the end.
    """
    puzzles = _drawn(folder / "puzzles")
    dataset = checked(client, uploaded(client, puzzles))
    note("solving, evaluating and auditing them")
    solved = client.wait(client.submit([puzzles / "images"]))
    body = {"dataset": dataset["id"]}
    evaluated = [client.wait(client.post("/v1/jobs/evaluate", body)) for _ in range(2)]
    client.wait(client.post(f"/v1/datasets/{dataset['id']}/audit"))
    first, second = (_evaluation(client, job) for job in evaluated)
    note(f"multiplying their results to {count:,}")
    settings = Settings(data_dir=folder)
    database, blobs = open_database(settings.database_url), Blobs(settings.blob_url)
    with database.begin() as session:
        multiply(session, solved["id"], count - 2 * EVALUATED)
        for job in evaluated:
            multiply(session, job["id"], EVALUATED)
        for evaluation, broken in ((first, False), (second, True)):
            _lengthen(session, blobs, evaluation, broken=broken)
    database.dispose()
    return Filled(solved["id"], dataset["id"], solved["model"], (first, second))


def _drawn(folder: Path) -> Path:
    note(f"drawing {PUZZLES} puzzles")
    command = [sys.executable, "-P", "-m", "cli", "generate", str(folder)]
    options = ["--count", str(PUZZLES), "--label-noise", str(LABEL_NOISE)]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return folder


def _evaluation(client: Client, job: dict[str, Any]) -> str:
    found = client.pages("/v1/evaluations")
    return next(str(one["id"]) for one in found if one["job"] == job["id"])


def multiply(session: Session, job_id: str, total: int) -> None:
    """Let the pictures of a job that has ended, and their results, stand there again and again."""
    job = session.get_one(Job, job_id)
    size = job.total
    for start in range(size, total, size):
        _again(session, job_id, start, min(size, total - start))
    job.failed = job.failed * total // size
    job.answers = {kind: count * total // size for kind, count in (job.answers or {}).items()}
    job.total = job.done = total


def _again(session: Session, job_id: str, start: int, count: int) -> None:
    """Copy the first pictures of a job, and their results, to the positions from `start` on."""
    old, new, result = aliased(Item), aliased(Item), aliased(Result)
    first = (col(old.job_id) == job_id, col(old.position) < count)
    _copy(session, Item, old, {"id": None, "position": old.position + start}, select(old), first)
    results = (
        select(result)
        .join(old, col(old.id) == result.item_id)
        .join(new, (col(new.job_id) == job_id) & (col(new.position) == old.position + start))
    )
    places = {"item_id": col(new.id), "position": col(new.position)}
    _copy(session, Result, result, places, results, first)


def _copy(
    session: Session,
    table: type[Item] | type[Result],
    old: Any,
    changed: dict[str, Any],
    rows: Select[Any],
    where: Sequence[ColumnElement[bool]],
) -> None:
    """Insert rows into a table that are copies of others but for what is changed."""
    names = [name for name in table.model_fields if changed.get(name, ...) is not None]
    values = [changed.get(name, getattr(old, name)) for name in names]
    copied = rows.with_only_columns(*values, maintain_column_froms=True).where(*where)
    session.execute(insert(table).from_select(names, copied))


def _lengthen(session: Session, blobs: Blobs, evaluation_id: str, *, broken: bool) -> None:
    """Let the outcomes of an evaluation stand there as often as its results do."""
    row = session.get_one(Evaluation, evaluation_id)
    pack = outcomes.Pack()
    for outcome in islice(_repeated(list(outcomes.read(blobs, row.outcomes or ""))), EVALUATED):
        if broken and outcome["position"] % BREAK == 0:
            outcome |= {"correct": False, "lost_to": "match"}
        pack.add(outcome)
    row.outcomes = blobs.put(pack.data())


def _repeated(kept: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    start = 0
    while True:
        for one in kept:
            yield one | {"position": one["position"] + start}
        start += len(kept)
