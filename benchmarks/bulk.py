"""Chunks, pictures and results of finished jobs, made by the database itself, on both databases.

A table `grown` says of each job how many pictures it has, from which row numbers on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from solver import Solution, load_solver
from solver.generate import draw
from store.tables import Table
from worker.results import to_result

#: Pictures of the largest job, and of a chunk; seconds between two results of a job.
LARGEST, CHUNK, PACE = 100_000, 32, 0.05
#: Counts that are not summed up yet: a minute of two workers.
COUNTS = 3000

#: What the two databases say differently.
_POSTGRESQL = {
    "rows": "generate_series(0, {0}) AS n(n)",
    "hash": "md5('a' || g.item + n.n) || md5('b' || g.item + n.n)",
    "at": "g.began + n.n * interval '50 milliseconds'",
    "json": "CAST({0} AS jsonb)",
    "boolean": "boolean",
    "moment": "timestamptz",
    "no": "false",
}
_SQLITE = {
    "rows": "number AS n ON n.n <= {0}",
    "hash": "lower(hex(randomblob(32)))",
    "at": "strftime('%Y-%m-%d %H:%M:%f', g.began, (n.n * 0.05) || ' seconds') || '000'",
    "json": "{0}",
    "boolean": "integer",
    "moment": "text",
    "no": "0",
}

_PLAN = """
CREATE TEMP TABLE grown (job_id text, total integer, chunk bigint, item bigint, judged {boolean},
    whole {boolean}, began {moment})
"""
_NUMBERS = """
CREATE TEMP TABLE number AS WITH RECURSIVE it(n) AS
    (SELECT 0 UNION ALL SELECT n + 1 FROM it WHERE n < 100000) SELECT n FROM it
"""
_CHUNKS = """
INSERT INTO chunk (id, job_id, queue, isolated, state, available_at, attempts)
SELECT g.chunk + n.n, g.job_id, 'solve', {no}, 'done', g.began, 0 FROM grown AS g JOIN {chunks}
"""
_ITEMS = """
INSERT INTO item (id, job_id, position, name, blob, state, chunk_id, attempts)
SELECT g.item + n.n, g.job_id, n.n, n.n || '.jpg', {hash}, 'done', g.chunk + n.n / 32, 0
FROM grown AS g JOIN {items}
"""
# One picture of a hundred has an error, one of 100,000 took workers down, one answer of twenty is
# unsure, one of 25 wrong. What the stages saw is kept for whole jobs, and for one of a hundred.
_RESULTS = """
INSERT INTO result (item_id, job_id, position, image, tile, x, y, digit, confidence, error_code,
    error_message, model, seen, outcome, correct, thumbnail, seconds, created_at)
SELECT it.id, it.job_id, it.n, it.n || '.jpg',
    CASE WHEN it.fine THEN 1 + it.h % 5 END, CASE WHEN it.fine THEN it.h % 1000 END,
    CASE WHEN it.fine THEN it.h % 400 END, CASE WHEN it.fine THEN 1 + it.h % 7 % 5 END,
    CASE WHEN it.fine AND it.h % 20 = 3 THEN 0.3 + it.h % 6000 * 0.0001
         WHEN it.fine THEN 0.9 + it.h % 10000 * 0.00001 END,
    CASE WHEN it.h % 100000 = 99 THEN 'quarantined' WHEN NOT it.fine THEN 'not_a_puzzle' END,
    CASE WHEN NOT it.fine THEN 'this picture is no puzzle of five tiles and a hint' END,
    'small@0123456789ab',
    CASE WHEN it.fine AND (it.whole OR it.h % 100 = 7) THEN {seen} END,
    CASE WHEN it.judged THEN {outcome} END,
    CASE WHEN it.judged THEN it.fine AND it.h % 25 <> 2 END,
    CASE WHEN it.fine THEN it.thumbnail END, 0.05, it.at
FROM (SELECT g.item + n.n AS id, g.job_id, n.n, g.judged, g.whole, {hash} AS thumbnail, {at} AS at,
          (g.item + n.n) * 2654435761 % 4294967296 AS h,
          (g.item + n.n) * 2654435761 % 4294967296 % 100 <> 99 AS fine
      FROM grown AS g JOIN {items}) AS it
"""
_COUNTS = """
INSERT INTO tally (name, label, part, value)
SELECT 'stage_seconds', 'solve', '0.' || n.n % 10, 1.0 FROM (SELECT 0 AS one) AS g JOIN {counts}
"""


def finished(connection: Connection, plan: Sequence[dict[str, Any]]) -> None:
    """Add chunks, pictures and results of jobs that are there.

    `plan`: of each job `job_id`, `total`, the first row numbers `chunk` and `item`, whether labels
    `judged` it, whether `whole` results keep what the stages saw, and when it `began`.
    """
    words = _words(connection.dialect.name == "sqlite")
    connection.execute(text(_PLAN.format(**words)))
    if connection.dialect.name == "sqlite":
        connection.execute(text(_NUMBERS))
        connection.execute(text("CREATE UNIQUE INDEX temp.by_number ON number (n)"))
    names = ", ".join(f":{name}" for name in plan[0])
    connection.execute(text(f"INSERT INTO grown VALUES ({names})"), list(plan))
    seen = _seen()
    outcome = {"correct": True, "planets": seen["planets"][:4]}
    given = {"seen": json.dumps(seen), "outcome": json.dumps(outcome)}
    with without_indexes(connection):
        for statement in (_CHUNKS, _ITEMS, _COUNTS):
            connection.execute(text(statement.format(**words)))
        connection.execute(text(_RESULTS.format(**words)), given)


def _words(sqlite: bool) -> dict[str, str]:
    said = _SQLITE if sqlite else _POSTGRESQL
    end = "" if sqlite else " ON true"
    lists = {"items": "g.total - 1", "chunks": f"(g.total - 1) / {CHUNK}", "counts": str(COUNTS)}
    told = {name: said["rows"].format(last) + end for name, last in lists.items()}
    values = {name: said["json"].format(f":{name}") for name in ("seen", "outcome")}
    return said | told | values


def _seen() -> dict[str, Any]:
    """What the stages see of one picture."""
    (found,) = load_solver(device="cpu", threads=1).solve([draw(77, 1, "medium", "held-out").data])
    assert isinstance(found, Solution)
    return to_result(0, found, "small", 0.0).seen or {}


@contextmanager
def without_indexes(connection: Connection) -> Iterator[None]:
    """Fill the large tables without their indexes, which are made anew."""
    tables = (Table.metadata.tables[name] for name in ("chunk", "item", "result"))
    indexes = [index for table in tables for index in table.indexes]
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
