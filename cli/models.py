"""`orrery models`: the models that come with the package, and those of a running service."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import click

from cli import options
from cli.console import note, table, write_json
from cli.errors import CliError
from cli.gate import gate
from cli.local_models import complete, folders, resolved, shipped, unknown
from cli.model_files import export, import_model

#: State of a model that is used where nothing else is said.
SHIPPED = "shipped"

#: State of a model that lies on this machine and in no registry.
HERE = "folder"


@click.group(epilog="\b\nExample:\n  orrery models list")
def models() -> None:
    """List, show and choose the models that solve.

    Without a service: the models in this package and those trained on this machine. With
    ORRERY_URL and ORRERY_API_KEY: also the registry of that service, whose champion solves its
    jobs.
    """


@models.command("list", epilog="\b\nExample:\n  orrery models list --json")
@options.as_lines
def list_models(as_json: bool) -> None:
    """List the models here and those of the service."""
    found = (_here() if find_spec("torch") or not _service() else []) + _there()
    if not found:
        raise CliError("no model comes with this installation; install the package again")
    if as_json:
        for model in found:
            write_json(model)
        return
    rows = [(model["id"], model["state"], model["where"]) for model in found]
    table(("model", "state", "where"), rows)


@models.command(epilog="\b\nExample:\n  orrery models show small")
@click.argument("ref", shell_complete=complete)
@options.as_json
def show(ref: str, as_json: bool) -> None:
    """Show the model REF, an id, a name, or a folder: where it comes from, the gate, its card."""
    from solver.errors import ModelError

    try:
        model = _one_here(ref)
    except ModelError as error:
        if not _service():
            raise unknown(ref) from error
        model = _one_there(ref)
    if as_json:
        write_json(model)
        return
    click.echo(f"{model['id']}  ({model['state']}, {model['where']})")
    click.echo(f"lineage: {' from '.join(model['lineage'])}")
    click.echo(f"gate: {_decision(model.get('gate'))}\n")
    _show_card(model["card"])


def _decision(gate: dict[str, Any] | None) -> str:
    """What the gate said of a model, in one line."""
    if not gate:
        return "never asked"
    reasons = "; ".join(map(str, gate.get("reasons", ()))) or "no reason to refuse it"
    return f"{'passed' if gate.get('passed') else 'refused'} ({reasons})"


def _show_card(card: str | dict[str, Any]) -> None:
    text = card if isinstance(card, str) else card.get("text")
    if text:
        click.echo(text.rstrip())
    elif isinstance(card, dict):
        table(("field", "value"), list(card.items()))


@models.command(epilog="\b\nExample:\n  orrery models promote small@0123456789ab")
@click.argument("ref")
@click.option("--force", is_flag=True, help="Promote it although the gate refused it.")
@options.as_json
def promote(ref: str, force: bool, as_json: bool) -> None:
    """Make the model REF the champion of the service; needs an administrator's key."""
    from cli.client import Client

    with Client() as client:
        model = client.post(f"/v1/models/{ref}/promote", {"force": force})
    _tell(model, "is the champion now", as_json)


@models.command(epilog="\b\nExample:\n  orrery models rollback")
@options.as_json
def rollback(as_json: bool) -> None:
    """Bring back the champion before this one; needs an administrator's key."""
    from cli.client import Client

    with Client() as client:
        model = client.post("/v1/models/rollback")
    _tell(model, "is the champion again", as_json)


def _tell(model: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        write_json(model)
    note(f"{model['id']} {what}")


models.add_command(export)
models.add_command(import_model)
models.add_command(gate)


def _service() -> bool:
    return bool(os.environ.get("ORRERY_URL"))


def _here() -> list[dict[str, Any]]:
    return [_without_card(_one_here(str(folder))) for folder in (*shipped(), *folders())]


def _one_here(ref: str) -> dict[str, Any]:
    from solver.model_folder import CARD, DEFAULT, find, identify, read_config

    folder = find(resolved(ref))
    card, config = folder / CARD, read_config(folder)
    parent = config.get("lineage", {}).get("parent")
    return {
        "id": identify(folder),
        "name": config["name"],
        "state": SHIPPED if folder.parent == DEFAULT.parent else HERE,
        "where": str(folder),
        "parent": parent,
        "lineage": [identify(folder), *([parent] if parent else [])],
        "card": card.read_text("utf-8") if card.exists() else "",
    }


def _there() -> list[dict[str, Any]]:
    if not _service():
        return []
    from cli.client import Client

    with Client() as client:
        return [_placed(_without_card(model), client.url) for model in client.pages("/v1/models")]


def _one_there(ref: str) -> dict[str, Any]:
    from cli.client import Client

    with Client() as client:
        model = client.get(f"/v1/models/{ref}")
        before = client.get(f"/v1/models/{ref}/lineage")["items"]
        return _placed({**model, "lineage": [each["id"] for each in before]}, client.url)


def _placed(model: dict[str, Any], where: str) -> dict[str, Any]:
    return {**model, "where": where}


def _without_card(model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if name not in ("card", "lineage")}
