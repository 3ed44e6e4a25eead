"""`orrery keys`: API keys of a service, for its administrators."""

from datetime import datetime

import click

from cli import options
from cli.console import note, table, write_json

_COLUMNS = ("id", "name", "prefix", "scopes", "expires_at", "revoked_at")
_LOG = ("at", "key", "action", "subject")
_SCOPES = ("read", "submit", "train", "admin")


@click.group(epilog="\b\nExample:\n  orrery keys create camera --scope read --scope submit")
def keys() -> None:
    """Create, list and revoke API keys; needs an administrator's key in ORRERY_API_KEY."""


@keys.command(epilog="\b\nExample:\n  orrery keys create camera --scope submit --scope read")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(_SCOPES),
    multiple=True,
    default=("read", "submit"),
    show_default=True,
    help="What the key may do; repeat it for several.",
)
@click.option("--expires", type=click.DateTime(), help="When it ends, in UTC; default: never.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole record as JSON.")
def create(name: str, scopes: tuple[str, ...], expires: datetime | None, as_json: bool) -> None:
    """Make a key and print it; it cannot be shown again."""
    from cli.client import Client

    body = {
        "name": name,
        "scopes": list(scopes),
        "expires_at": f"{expires.isoformat()}Z" if expires else None,
    }
    with Client() as client:
        made = client.post("/v1/keys", body)
    if as_json:
        write_json(made)
        return
    click.echo(made["key"])
    note(f"key {made['id']}; keep it now, it is not shown again")


@keys.command("list", epilog="\b\nExample:\n  orrery keys list")
@options.as_lines
def list_keys(as_json: bool) -> None:
    """List keys, newest first, revoked ones too."""
    from cli.client import Client

    with Client() as client:
        found = list(client.pages("/v1/keys", limit=500))
    if as_json:
        for key in found:
            write_json(key)
        return
    rows = [key | {"scopes": ",".join(key["scopes"])} for key in found]
    table(_COLUMNS, [[row[column] for column in _COLUMNS] for row in rows])


@keys.command(epilog="\b\nExample:\n  orrery keys revoke 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """Revoke a key for good."""
    from cli.client import Client

    with Client() as client:
        client.delete(f"/v1/keys/{key_id}")
    note("revoked")


@keys.command(epilog="\b\nExample:\n  orrery keys audit --limit 20")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="How many."
)
@options.as_lines
def audit(limit: int, as_json: bool) -> None:
    """Tell who did what: the audit log, newest first."""
    from cli.client import Client

    with Client() as client:
        found = client.get("/v1/audit", limit=limit)["items"]
    if as_json:
        for entry in found:
            write_json(entry)
        return
    table(_LOG, [[entry[column] for column in _LOG] for entry in found])
