"""`orrery jobs`: list, show, follow and cancel jobs of a service."""

from itertools import islice
from typing import Any

import click

from cli import options
from cli.console import note, table, write_json
from cli.replay import replay
from cli.retrain import progress_of, retrain
from cli.submit import finish, show_results

_COLUMNS = ("id", "kind", "status", "done", "failed", "created_at", "progress")


@click.group(epilog="\b\nExample:\n  orrery jobs list --status running")
def jobs() -> None:
    """Start trainings; list, show, follow and cancel jobs of the service at ORRERY_URL."""


jobs.add_command(retrain)


@jobs.command("list", epilog="\b\nExample:\n  orrery jobs list --limit 5")
@click.option(
    "--kind",
    type=click.Choice(["solve", "evaluate", "import", "retrain"]),
    help="Only of this kind.",
)
@click.option(
    "--status",
    type=click.Choice(["queued", "running", "succeeded", "failed", "cancelled"]),
    help="Only in this state.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@options.as_lines
def list_jobs(kind: str | None, status: str | None, limit: int, as_json: bool) -> None:
    """List jobs, newest first."""
    from cli.client import Client

    with Client() as client:
        found = client.pages("/v1/jobs", kind=kind, status=status, limit=min(limit, 500))
        _show(list(islice(found, limit)), as_json)


def _show(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        for job in found:
            write_json(job)
        return
    shown = [{**job, "done": done(job), "progress": progress_of(job)} for job in found]
    table(_COLUMNS, [[job[column] for column in _COLUMNS] for job in shown])


def done(job: dict[str, Any]) -> str:
    """How many of how many are done."""
    return f"{job['done']}/{job['total']}"


@jobs.command(epilog="\b\nExample:\n  orrery jobs show 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("job_id", metavar="ID")
@options.as_json
def show(job_id: str, as_json: bool) -> None:
    """Show one job."""
    from cli.client import Client

    with Client() as client:
        job = client.job(job_id)
    if as_json:
        write_json(job)
    else:
        table(("field", "value"), list({**job, "progress": progress_of(job)}.items()))


@jobs.command(
    epilog="\b\nExample:\n  orrery jobs results 0190d3b0c5a47000a4c1b2d3e4f50617 --format csv"
)
@click.argument("job_id", metavar="ID")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "jsonl", "csv"]),
    default="table",
    show_default=True,
    help="How to print them.",
)
@click.option("--json", "kind", flag_value="jsonl", help="The same as --format jsonl.")
def results(job_id: str, kind: str) -> None:
    """Print the results of a job, also while it runs."""
    from cli.client import Client

    with Client() as client:
        if kind == "table":
            show_results(client, job_id, as_json=False)
            return
        for line in client.lines(job_id, kind):
            click.echo(line)


@jobs.command(epilog="\b\nExample:\n  orrery jobs wait 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("job_id", metavar="ID")
@options.as_lines
@click.pass_context
def wait(ctx: click.Context, job_id: str, as_json: bool) -> None:
    """Wait for a job and print its results; exit status 1 where a picture has no answer."""
    from cli.client import Client

    with Client() as client:
        ctx.exit(finish(client, client.job(job_id), as_json=as_json))


@jobs.command(epilog="\b\nExample:\n  orrery jobs cancel 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("job_id", metavar="ID")
@options.as_json
def cancel(job_id: str, as_json: bool) -> None:
    """Stop a job; the results that it has stay."""
    _act(job_id, "cancel", as_json)


@jobs.command(epilog="\b\nExample:\n  orrery jobs release 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("job_id", metavar="ID")
@options.as_json
def release(job_id: str, as_json: bool) -> None:
    """Try pictures again that were set aside because workers died with them."""
    _act(job_id, "release", as_json)


def _act(job_id: str, verb: str, as_json: bool) -> None:
    """Ask for something to be done with a job, and say how the job is then."""
    from cli.client import Client

    with Client() as client:
        job = client.post(f"/v1/jobs/{job_id}/{verb}")
    if as_json:
        write_json(job)
    note(f"{job['status']}: {job['done']} of {job['total']} done")


@jobs.command(epilog="\b\nExample:\n  orrery jobs delete 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("job_id", metavar="ID")
def delete(job_id: str) -> None:
    """Remove a job with its pictures and results."""
    from cli.client import Client

    with Client() as client:
        client.delete(f"/v1/jobs/{job_id}")
    note("deleted")


jobs.add_command(replay)
