"""`orrery jobs replay`: compute a past result again."""

from __future__ import annotations

from typing import Any

import click

from cli.console import table, write_json
from cli.submit import follow

_COLUMNS = ("model", "tile", "x", "y", "digit", "confidence", "error")


@click.command(epilog="\b\nExample:\n  orrery jobs replay 0190d3b0c5a47000a4c1b2d3e4f50617 0")
@click.argument("job_id", metavar="JOB")
@click.argument("position", type=click.IntRange(0))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def replay(ctx: click.Context, job_id: str, position: int, as_json: bool) -> None:
    """Compute the result at POSITION of JOB again, from its picture with the model it names.

    Says whether it is the same bit for bit, and what today's champion answers; exit status 1 where
    it is not the same.
    """
    from cli.client import Client

    with Client() as client:
        job = follow(client, client.post(f"/v1/jobs/{job_id}/results/{position}/replay"))
        found = client.get(f"/v1/jobs/{job['id']}/replay")
    if as_json:
        write_json(found)
    else:
        _show(found)
    ctx.exit(0 if found["same"] else 1)


def _show(found: dict[str, Any]) -> None:
    differences = ", ".join(found["differences"])
    click.echo("the same, bit for bit" if found["same"] else f"not the same: {differences}")
    rows = [(name, *_row(found[name])) for name in ("then", "again", "champion") if found[name]]
    table(("result", *_COLUMNS), rows)


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    x, y = result["point"] or (None, None)
    error = result["error"]["message"] if result["error"] else None
    names = (result[name] for name in ("digit", "confidence"))
    return result["model"], result["tile"], x, y, *names, error
