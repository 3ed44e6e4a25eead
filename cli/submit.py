"""`orrery submit`: send pictures to a service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options
from cli.console import note, progress, table, write_json
from cli.errors import CliError

if TYPE_CHECKING:
    from cli.client import Client


@click.command(
    epilog="\b\nExample:\n  orrery submit pictures/ --wait\n  orrery submit pictures.zip --json"
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="PATH…")
@click.option("--dataset", metavar="ID", help="Solve a dataset's pictures, in place of PATH…")
@click.option("--model", metavar="REF", help="A model of the service; default: its champion.")
@options.priority
@click.option("--wait", is_flag=True, help="Wait for the results and print them.")
@options.as_lines
@click.pass_context
def submit(
    ctx: click.Context,
    paths: tuple[Path, ...],
    dataset: str | None,
    model: str | None,
    priority: str,
    wait: bool,
    as_json: bool,
) -> None:
    """Send pictures, folders of them, or one zip archive to a service as one job.

    Prints the job's id, or with --wait the results; exit status 1 where a picture has no answer.
    Set ORRERY_URL and ORRERY_API_KEY to the service's address and a key with the scopes submit
    and read.
    """
    from cli.client import Client

    if bool(paths) == bool(dataset):
        raise click.UsageError("Name pictures, or a dataset with --dataset.")
    with Client() as client:
        job = _send(client, paths, dataset, model, priority)
        if not wait:
            _show_job(job, as_json)
            return
        note(f"job {job['id']}")
        ctx.exit(finish(client, job, as_json=as_json))


def _send(
    client: Client, paths: tuple[Path, ...], dataset: str | None, model: str | None, priority: str
) -> dict[str, Any]:
    if dataset is None:
        return client.submit(paths, model, priority)
    return client.post("/v1/jobs/solve", {"dataset": dataset, "model": model, "priority": priority})


def _show_job(job: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(job)
        return
    click.echo(job["id"])
    note(f"follow it with: orrery jobs wait {job['id']}")


def finish(client: Client, job: dict[str, Any], *, as_json: bool) -> int:
    """Wait for a job with progress, print its results, and give the exit status."""
    job = follow(client, job)
    show_results(client, job["id"], as_json)
    return 1 if job["failed"] or job["status"] != "succeeded" else 0


def follow(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job with progress; raises CliError where it failed as a whole."""
    with progress(job["kind"], job["total"], unit="puzzles") as show:
        job = client.wait(job, lambda it: show(it["done"]))
    if job["status"] == "failed":
        raise CliError(f"job {job['id']} failed: {(job['error'] or {}).get('message', '')}")
    note(f"{job['status']}: {job['done']} of {job['total']} done, {job['failed']} with errors")
    return job


def show_results(client: Client, job_id: str, as_json: bool) -> None:
    """Print the results of a job as JSON lines or as a table."""
    results = client.results(job_id)
    if as_json:
        for result in results:
            write_json(result)
        return
    columns = ("image", "tile", "x", "y", "digit", "confidence", "error")
    table(columns, [_row(result) for result in results])


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    x, y = result["point"] or (None, None)
    error = result["error"]["message"] if result["error"] else None
    return result["image"], result["tile"], x, y, result["digit"], result["confidence"], error
