"""`orrery jobs retrain`: a training on a dataset of a service."""

from __future__ import annotations

from typing import Any

import click

from cli import options
from cli.console import note, write_json
from cli.training_line import Line, words


@click.command(epilog="\b\nExample:\n  orrery jobs retrain 0190d3b0c5a47000a4c1b2d3e4f50617 --wait")
@click.argument("dataset", metavar="DATASET")
@click.option(
    "--kind",
    type=click.Choice(["full", "head"]),
    default="full",
    show_default=True,
    help="full: the parent's own encoder in all its weights; head: a linear layer on a frozen "
    "CLIP.",
)
@click.option("--epochs", type=click.IntRange(1, 1000), help="How often each puzzle is trained on.")
@click.option(
    "--seed",
    type=click.IntRange(0, (1 << 31) - 1),
    default=0,
    show_default=True,
    help="The same seed and data give the same model.",
)
@click.option("--model", "name", metavar="NAME", help="What the new model is called.")
@click.option("--parent", metavar="REF", help="The model to start from; default: the champion.")
@click.option(
    "--promote/--no-promote",
    default=None,
    help="Make it champion if it passes the gate; default: as the service is set.",
)
@click.option("--wait", is_flag=True, help="Wait for its end and show what came of it.")
@options.as_json
@click.pass_context
def retrain(
    ctx: click.Context,
    dataset: str,
    kind: str,
    epochs: int | None,
    seed: int,
    name: str | None,
    parent: str | None,
    promote: bool | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Train a model on the DATASET, an id, of the service at ORRERY_URL.

    The model becomes a candidate and the champion stays what it is; see 'orrery models show'. Needs
    a key with the scope train. With --wait the exit status is 1 where no model came of it.
    """
    from cli.client import Client

    asked = {
        "dataset": dataset,
        "kind": kind,
        "epochs": epochs,
        "seed": seed,
        "name": name,
        "parent": parent,
        "promote": promote,
    }
    with Client() as client:
        job = client.post("/v1/jobs/retrain", {k: v for k, v in asked.items() if v is not None})
        if wait:
            note(f"job {job['id']}")
            with Line() as line:
                job = client.wait(job, lambda it: line.write(progress_of(it)))
        if job["status"] == "succeeded":
            job = {**job, "result": client.get(f"/v1/jobs/{job['id']}/results/0")}
    _show(job, as_json)
    ctx.exit(1 if wait and job["status"] != "succeeded" else 0)


def progress_of(job: dict[str, Any]) -> str:
    """How far a training is, in a few words; nothing for other jobs."""
    told = job.get("progress")
    return "" if told is None else words(told)


def _show(job: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(job)
        return
    if "result" not in job:
        click.echo(job["id"])
        if job["error"] is not None:
            note(f"{job['status']}: {job['error']['message']}")
        return
    made = job["result"]["outcome"]
    for warning in made["warnings"]:
        note(f"Warning: {warning}")
    before, after = made["before"]["accuracy"], made["after"]["accuracy"]
    note(f"end-to-end accuracy on held-out puzzles: {before} before, {after} after")
    click.echo(made["model_id"])
