"""`orrery models gate`: hold a candidate of a service against its champion."""

from __future__ import annotations

from typing import Any

import click

from cli.console import note, table, write_json
from cli.submit import follow


@click.command(
    epilog="\b\nExample:\n"
    "  orrery models gate mine --dataset 0190d3b0c5a47000a4c1b2d3e4f50617 --wait"
)
@click.argument("ref")
@click.option("--dataset", metavar="ID", required=True, help="A labelled dataset of the service.")
@click.option(
    "--split",
    type=click.Choice(["test", "all"]),
    default="test",
    show_default=True,
    help="Which puzzles judge: those held out, or all of a dataset that was never trained on.",
)
@click.option("--wait", is_flag=True, help="Wait for the decision and print it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def gate(ctx: click.Context, ref: str, dataset: str, split: str, wait: bool, as_json: bool) -> None:
    """Compare the model REF with the champion on the same held-out puzzles.

    Prints the job's id, or with --wait the decision and its reasons; exit status 1 where the
    candidate is refused.
    """
    from cli.client import Client

    with Client() as client:
        job = client.post(f"/v1/models/{ref}/gate", {"dataset": dataset, "split": split})
        if not wait:
            _show_job(job, as_json)
            return
        job = follow(client, job)
        decision = client.get(f"/v1/models/{job['model']}")["gate"]
    _show(decision, as_json)
    ctx.exit(0 if decision["passed"] else 1)


def _show_job(job: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(job)
        return
    click.echo(job["id"])
    note(f"when it has ended, the decision stands in: orrery models show {job['model']}")


def _show(decision: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(decision)
        return
    click.echo("passed" if decision["passed"] else "refused")
    for reason in decision["reasons"]:
        click.echo(f"- {reason}")
    figures = decision["figures"]
    names = ("correct", "accuracy", "calibration_error", "seconds")
    sides = ("champion", "candidate")
    rows = [(name, *(figures[side][name] for side in sides)) for name in names]
    table(("figure", *sides), rows)
