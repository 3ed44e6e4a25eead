"""`orrery doctor`: looks at a whole set-up and says how to mend what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.console import note, write_json

if TYPE_CHECKING:
    from cli.checks import Checked

#: Seconds until the model must have loaded and solved.
MODEL_SECONDS = 120.0

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skip": "bright_black"}


@click.command(epilog="\b\nExample:\n  orrery doctor --data .data")
@options.data
@options.as_lines
@click.pass_context
def doctor(ctx: click.Context, data: Path | None, as_json: bool) -> None:
    """Check this set-up from end to end; exit status 1 where something has to be mended.

    Reads the same settings as the service, and finds the parts of an 'orrery up' by its folder.
    Changes nothing but a blob that it stores and removes, and prints no secret.
    """
    found = []
    for checked in _examine(data):
        found.append(checked)
        _tell(checked, as_json)
    wrong = sum(it.finding.status == "fail" for it in found)
    if not as_json:
        doubtful = sum(it.finding.status == "warn" for it in found)
        note(f"{len(found)} checks: {wrong} to mend, {doubtful} to look at")
    ctx.exit(1 if wrong else 0)


def _examine(data: Path | None) -> Iterator[Checked]:
    from cli.checks import Check, Checked, fail, installation, run, servers, service, vision
    from cli.datafolder import DataFolder
    from store.errors import StoreError
    from store.session import parse_url
    from store.settings import load_settings

    found: dict[str, str] = {}
    if data is not None:
        os.environ["ORRERY_DATA_DIR"] = str(data.absolute())
        found["ORRERY_DATA_DIR"] = "--data"
    try:
        folder = DataFolder(load_settings().data_dir)
        addresses = folder.addresses(os.environ)
        found |= dict.fromkeys(addresses, "folder of 'orrery up'")
        os.environ.update(addresses)
        settings = load_settings()
        parse_url(settings.database_url)
    except StoreError as error:
        yield Checked("settings", fail(str(error), "Correct the variable that is named."))
        return
    yield from run(
        (
            Check("python", installation.python),
            Check("packages", installation.packages),
            Check("settings", partial(installation.settings, found=found)),
            Check("folder", installation.folder),
            Check("database", servers.database),
            Check("broker", servers.broker),
            Check("blobs", servers.blobs, 20.0),
            Check("clock", servers.skew),
            Check("keys", service.access),
            Check("devices", vision.devices, 60.0),
            Check("model", vision.model, MODEL_SECONDS),
            Check("workers", service.workers),
            Check("scheduler", service.scheduler),
            Check("api", service.api),
        ),
        settings,
    )


def _tell(checked: Checked, as_json: bool) -> None:
    finding = checked.finding
    if as_json:
        told = {"check": checked.name, "status": finding.status.value, "detail": finding.detail}
        write_json(told | {"mend": finding.mend or None})
        return
    status = click.style(f"{finding.status:<5}", fg=_COLOURS[finding.status])
    click.echo(f"{status} {checked.name:<10} {finding.detail}")
    if finding.mend:
        click.echo(f"{'':17}{click.style('→', bold=True)} {finding.mend}")
