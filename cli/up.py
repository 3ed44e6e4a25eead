"""`orrery up`: the whole service on one machine."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import note, write_json
from cli.datafolder import DataFolder, FolderInUseError

if TYPE_CHECKING:
    from cli.service import Service


@click.command(epilog="\b\nExample:\n  orrery up --port 8000 --data ./orrery-data")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Worker processes; default: one for each core."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps everything; default: ORRERY_DATA_DIR, or .data.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once it is ready.")
def up(host: str, port: int, workers: int | None, data: Path | None, as_json: bool) -> None:
    """Run broker, API with web page, workers and scheduler until Ctrl-C or SIGTERM.

    Prints the address and an API key once a job would be carried out at once. Everything is kept
    in one folder; a new start on the same folder goes on where the last one ended, whatever ended
    it. A preset ORRERY_API_KEY becomes the administrator's key.
    """
    from cli.service import Service
    from store.logs import configure
    from store.settings import load_settings

    settings = load_settings()
    configure(settings.log_json, settings.log_level, "up")
    folder = DataFolder(data or settings.data_dir)
    try:
        folder.lock()
    except FolderInUseError as error:
        raise click.UsageError(str(error)) from None
    stop = _stop_on_signals()
    service = Service(folder, host, port, workers or os.cpu_count() or 1)
    try:
        service.start(stop)
        if service.wait_until_ready(stop):
            _announce(service, as_json)
            service.watch(stop)
    finally:
        service.stop()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def _announce(service: Service, as_json: bool) -> None:
    if as_json:
        write_json({"url": service.url, "api_key": service.key})
        return
    click.echo(f"address  {service.url}")
    click.echo(f"API key  {service.key}")
    note(f"Everything is kept in {service.folder.root}; logs are in its folder 'logs'.")
    note("Ctrl-C stops the service.")
