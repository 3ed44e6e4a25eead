"""Audits, reviews and corrections of a service's datasets: the rest of `orrery datasets`."""

from __future__ import annotations

import json
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from cli import options
from cli.console import note, table, write_json
from cli.errors import CliError

if TYPE_CHECKING:
    from cli.client import Client

#: Seconds between looks at a dataset that is being checked.
LOOK = 0.5

_COLUMNS = ("task", "kind", "tile", "score", "verdict", "message")


def checked(client: Client, dataset: dict[str, Any]) -> dict[str, Any]:
    """The dataset once its check is over."""
    while dataset["status"] == "checking":
        sleep(LOOK)
        dataset = client.get(f"/v1/datasets/{dataset['id']}")
    return dataset


def tell(ctx: click.Context, dataset: dict[str, Any], as_json: bool) -> None:
    """Print a dataset or its id, and exit with 1 where its check rejected it."""
    if as_json:
        write_json(dataset)
    else:
        click.echo(dataset["id"])
        note(state(dataset))
    ctx.exit(1 if dataset["status"] == "rejected" else 0)


def state(dataset: dict[str, Any]) -> str:
    """A line on how the check of a dataset went."""
    if dataset["status"] == "checking":
        return f"checking; see how it went with: orrery datasets show {dataset['id']}"
    return f"{dataset['status']}, {len(dataset['problems'])} label problems"


@click.command(epilog="\b\nExample:\n  orrery datasets audit DATASET_ID --wait")
@click.argument("dataset_id", metavar="ID")
@click.option("--model", metavar="REF", help="A model of the service; default: its champion.")
@click.option("--wait", is_flag=True, help="Wait for its end and list the suspects.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(dataset_id: str, model: str | None, wait: bool, as_json: bool) -> None:
    """Look for labels that are likely wrong; changes nothing."""
    from cli.client import Client
    from cli.submit import follow

    query = f"?model={quote(model, safe='')}" if model else ""
    with Client() as client:
        job = client.post(f"/v1/datasets/{dataset_id}/audit{query}")
        if wait:
            follow(client, job)
            _list_suspects(client, dataset_id, as_json)
        elif as_json:
            write_json(job)
        else:
            click.echo(job["id"])


@click.command(epilog="\b\nExample:\n  orrery datasets suspects DATASET_ID --json")
@click.argument("dataset_id", metavar="ID")
@options.as_lines
def suspects(dataset_id: str, as_json: bool) -> None:
    """List the labels that the last audit suspects, likeliest first, and what people said."""
    from cli.client import Client

    with Client() as client:
        _list_suspects(client, dataset_id, as_json)


def _list_suspects(client: Client, dataset_id: str, as_json: bool) -> None:
    found = client.pages(f"/v1/datasets/{dataset_id}/suspects", limit=500)
    if as_json:
        for one in found:
            write_json(one)
        return
    rows = ({**one, "verdict": (one["review"] or {}).get("verdict")} for one in found)
    table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))


@click.command(
    epilog="\b\nExample:\n  orrery datasets review DATASET_ID 186414 wrong "
    "--correction '{\"digit\": 4}'"
)
@click.argument("dataset_id", metavar="ID")
@click.argument("task")
@click.argument("verdict", type=click.Choice(["right", "wrong", "unsure"]))
@click.option("--correction", metavar="JSON", help="What the label should be, as suspects have it.")
@click.option("--note", "text", default="", help="For people.")
@options.as_json
def review(
    dataset_id: str, task: str, verdict: str, correction: str | None, text: str, as_json: bool
) -> None:
    """Say whether the label of a task is right; changes no label."""
    from cli.client import Client

    body = {"verdict": verdict, "note": text}
    path = f"/v1/datasets/{dataset_id}/reviews/{quote(task, safe='')}"
    with Client() as client:
        made = client.put(path, body | {"correction": _json(correction) if correction else None})
    if as_json:
        write_json(made)
    note(f"task {task}: {verdict}")


@click.command(
    epilog="\b\nExamples:\n  orrery datasets correct DATASET_ID --why 'looked at each' --wait\n"
    "  orrery datasets correct DATASET_ID --why typos --changes corrections.json"
)
@click.argument("dataset_id", metavar="ID")
@click.option("--why", required=True, help="Kept with the new version.")
@click.option(
    "--changes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='A JSON list of {"task", "correction"}; default: what the reviews call wrong.',
)
@click.option("--name", help="A name for people; default: the dataset's.")
@click.option("--wait", is_flag=True, help="Wait for the check; exit status 1 if it is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the new dataset as JSON.")
@click.pass_context
def correct(
    ctx: click.Context,
    dataset_id: str,
    why: str,
    changes: Path | None,
    name: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Make a corrected version of a dataset: a new one, checked like an upload."""
    from cli.client import Client

    body = {"why": why, "name": name, "changes": _changes(changes) if changes else None}
    with Client() as client:
        dataset = client.post(f"/v1/datasets/{dataset_id}/corrections", body)
        if wait:
            dataset = checked(client, dataset)
    tell(ctx, dataset, as_json)


def _changes(path: Path) -> list[dict[str, Any]]:
    """The tasks and corrections of a file, without what else a suspect tells."""
    listed = _json(path.read_text("utf-8"))
    if not isinstance(listed, list) or not all(isinstance(it, dict) for it in listed):
        raise CliError(f'{path} must hold a JSON list of {{"task", "correction"}} objects')
    return [{name: it.get(name) for name in ("task", "correction")} for it in listed]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CliError(f"that is not JSON: {error}") from error
