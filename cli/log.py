"""`orrery evaluations compare` and `outcomes`: the accuracy log puzzle by puzzle."""

from __future__ import annotations

from itertools import islice
from typing import Any

import click

from cli import options
from cli.console import note, table, write_json

_OUTCOME = ("task", "image", "digit", "digit_read", "answer", "tile", "confidence", "lost_to")


@click.command(
    epilog="\b\nExample:\n  orrery evaluations outcomes 0190d3b0c5a47000a4c1b2d3e4f50617 --wrong"
)
@click.argument("evaluation_id", metavar="ID")
@click.option("--wrong", is_flag=True, help="Only answers that were wrong.")
@click.option("--failed", is_flag=True, help="Only pictures without an answer.")
@click.option("--lost-to", metavar="STAGE", help="Only answers that this stage lost.")
@click.option("--limit", type=click.IntRange(1), help="At most; default: all.")
@options.as_lines
def outcomes(
    evaluation_id: str,
    wrong: bool,
    failed: bool,
    lost_to: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List what became of each puzzle of an evaluation."""
    from cli.client import Client

    with Client() as client:
        found = client.pages(
            f"/v1/evaluations/{evaluation_id}/outcomes",
            wrong="true" if wrong else None,
            failed="true" if failed else None,
            lost_to=lost_to,
            limit=min(limit or 500, 500),
        )
        if as_json:
            for outcome in islice(found, limit):
                write_json(outcome)
            return
        table(_OUTCOME, [[one[name] for name in _OUTCOME] for one in islice(found, limit)])


@click.command(
    epilog="\b\nExample:\n  orrery evaluations compare 0190d3b0c5a47000a4c1b2d3e4f50617 "
    "0190d3b0c5a47000a4c1b2d3e4f50618"
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(a: str, b: str, limit: int, as_json: bool) -> None:
    """Compare the evaluations A and B: what B fixed, broke, and neither got right."""
    from cli.client import Client

    with Client() as client:
        found = client.get("/v1/evaluations/compare", a=a, b=b, limit=limit)
    if as_json:
        write_json(found)
        return
    rows = [(side["model"], side["accuracy"], side["correct"]) for side in (found["a"], found["b"])]
    table(("model", "accuracy", "correct"), rows)
    note(f"{found['puzzles']} puzzles in both, p = {found['p']:.3g} (McNemar)")
    for kind in ("fixed", "broken", "both_wrong"):
        _show(kind.replace("_", " "), found["counts"][kind], found[kind])
    columns = ("slice", "name", "puzzles", "a", "b", "fixed", "broken", "p")
    table(columns, [[one[name] for name in columns] for one in found["slices"]])


def _show(title: str, count: int, puzzles: list[dict[str, Any]]) -> None:
    note(f"{title}: {count}" + (f", the first {len(puzzles)}" if len(puzzles) < count else ""))
    if puzzles:
        columns = ("task", "image", "tile a", "tile b", "answer")
        rows = [
            (one["task"], one["image"], one["a"]["tile"], one["b"]["tile"], one["b"]["answer"])
            for one in puzzles
        ]
        table(columns, rows)
