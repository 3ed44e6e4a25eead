"""`orrery backup` and `orrery restore`: database and pictures, to a folder and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.console import note
from cli.errors import CliError

if TYPE_CHECKING:
    from store.blobs import Blobs
    from store.settings import Settings


@click.command(epilog="\b\nExample:\n  orrery backup /mnt/backups/orrery --data .data")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@options.data
def backup(folder: Path, data: Path | None) -> None:
    """Copy database and pictures to DIR while the service runs.

    Again into the same DIR it copies what is new. Secrets are not in it: keep ORRERY_API_KEY and
    passwords elsewhere. API keys that were handed out go on working after a restore.
    """
    from store import backups

    settings, blobs = _places(data)
    made = backups.back_up(settings.database_url, blobs, folder)
    note(f"{folder}: {made.jobs} jobs, {made.blobs} blobs, as of {made.made_at}")
    if made.missing:
        raise CliError(
            f"the backup is made, but {len(made.missing)} blobs were not in the store: "
            f"{made.missing[0]} … are lost, as {folder / backups.MANIFEST} lists"
        )


@click.command(epilog="\b\nExample:\n  orrery restore /mnt/backups/orrery --data .data")
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@options.data
def restore(folder: Path, data: Path | None) -> None:
    """Put the backup in DIR into an empty database and picture store; the service is stopped.

    A backup of an older version is brought up to date, one of a newer version is refused. Jobs that
    were running go on when the service starts.
    """
    from cli.datafolder import DataFolder
    from store import backups

    settings, blobs = _places(data)
    DataFolder(settings.data_dir).lock()
    made = backups.restore(folder, settings.database_url, blobs)
    note(f"restored {made.jobs} jobs and {made.blobs} blobs, as of {made.made_at}")


def _places(data: Path | None) -> tuple[Settings, Blobs]:
    from store.blobs import Blobs
    from store.settings import load_settings

    if data is not None:
        os.environ["ORRERY_DATA_DIR"] = str(data.absolute())
    settings = load_settings()
    return settings, Blobs(settings.blob_url)
