"""`orrery evaluations`: the accuracy log of a service."""

from itertools import islice

import click

from cli import options
from cli.console import note, table, write_json
from cli.figures import figures
from cli.log import compare, outcomes
from cli.submit import follow

_COLUMNS = ("id", "created_at", "model", "dataset_name", "accuracy")


@click.group(epilog="\b\nExample:\n  orrery evaluations list")
def evaluations() -> None:
    """Read the accuracy log of the service at ORRERY_URL, and add to it."""


@evaluations.command(epilog="\b\nExample:\n  orrery evaluations run DATASET_ID --wait")
@click.argument("dataset", metavar="DATASET_ID")
@click.option("--model", metavar="REF", help="A model of the service; default: its champion.")
@options.priority
@click.option("--wait", is_flag=True, help="Wait for the accuracy and print it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(dataset: str, model: str | None, priority: str, wait: bool, as_json: bool) -> None:
    """Measure a model's accuracy on a dataset of the service."""
    from cli.client import Client

    with Client() as client:
        asked = {"dataset": dataset, "model": model, "priority": priority}
        job = client.post("/v1/jobs/evaluate", asked)
        if wait:
            job = follow(client, job)
            found = client.pages("/v1/evaluations", dataset=dataset)
            job = next((entry for entry in found if entry["job"] == job["id"]), job)
    if as_json:
        write_json(job)
    elif "accuracy" in job:
        table(_COLUMNS, [[job[column] for column in _COLUMNS]])
    else:
        click.echo(job["id"])


@evaluations.command("list", epilog="\b\nExample:\n  orrery evaluations list --limit 10")
@click.option("--dataset", metavar="ID", help="Only of this dataset.")
@click.option("--model", metavar="REF", help="Only of this model.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@options.as_lines
def list_evaluations(dataset: str | None, model: str | None, limit: int, as_json: bool) -> None:
    """List evaluations, newest first."""
    from cli.client import Client

    with Client() as client:
        found = client.pages("/v1/evaluations", dataset=dataset, model=model, limit=min(limit, 500))
        rows = list(islice(found, limit))
    if as_json:
        for row in rows:
            write_json(row)
        return
    table(_COLUMNS, [[row[column] for column in _COLUMNS] for row in rows])


@evaluations.command(
    epilog="\b\nExample:\n  orrery evaluations show 0190d3b0c5a47000a4c1b2d3e4f50617"
)
@click.argument("evaluation_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(evaluation_id: str, as_json: bool) -> None:
    """Show one evaluation with its figures."""
    from cli.client import Client

    with Client() as client:
        found = client.get(f"/v1/evaluations/{evaluation_id}")
    if as_json:
        write_json(found)
        return
    metrics = found.pop("metrics")
    facts = [(name, value) for name, value in found.items() if name not in metrics]
    table(("figure", "value"), [*facts, *figures(metrics)])
    note("slices, curves and counts as JSON: --json")


evaluations.add_command(compare)
evaluations.add_command(outcomes)
