"""`orrery models export` and `import`: a model as one file, here and at a service."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import click

from cli import options
from cli.console import note, write_json
from cli.errors import CliError
from cli.local_models import complete, models_folder, resolved, take

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

_HERE = click.option("--local", is_flag=True, help="Here, although ORRERY_URL names a service.")


@click.command(
    epilog="\b\nExamples:\n"
    "  orrery models export small small.zip\n"
    "  ORRERY_URL=http://… orrery models export mine@0123456789ab mine.zip"
)
@click.argument("ref", shell_complete=complete)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_HERE
@options.as_json
def export(ref: str, file: Path, local: bool, as_json: bool) -> None:
    """Write the model REF to FILE, from this machine or from the service at ORRERY_URL.

    The file holds weights, configuration and card; another machine or service imports it as the
    same model with the same id.
    """
    if file.exists():
        raise CliError(f"{file} is there already; choose another name, or remove it first")
    if _remote(local):
        _write(file, lambda out: _download(ref, out))
    else:
        _write(file, lambda out: _pack(ref, out))
    model_id = _identified(file)
    if as_json:
        write_json({"id": model_id, "file": str(file)})
    note(f"{file} holds {model_id}")


@click.command("import", epilog="\b\nExample:\n  orrery models import mine.zip")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_HERE
@options.as_json
def import_model(file: Path, local: bool, as_json: bool) -> None:
    """Import the model in FILE, to this machine or to the service at ORRERY_URL.

    FILE is checked first: it must be whole, hold a model's files and nothing else, and be the
    model that it claims to be. At a service, which needs an administrator's key, it becomes a
    candidate. Prints the model's id.
    """
    model_id = _identified(file)
    if _remote(local):
        from cli.client import Client
        from cli.upload import Attachment, Upload

        with Client() as client:
            upload = Upload({}, [Attachment("archive", file.name, file)])
            model = client.upload("/v1/models", upload)
        note(f"{model_id} is a {model['state']} at the service")
    else:
        model = {"id": model_id, "where": str(_unpack(file))}
        note(f"{model_id} is in {model['where']}")
    if as_json:
        write_json(model)
    else:
        click.echo(model_id)


def _remote(local: bool) -> bool:
    return bool(os.environ.get("ORRERY_URL")) and not local


def _write(file: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Write a file that is there whole or not at all."""
    part = file.with_name(file.name + ".part")
    try:
        with part.open("w+b") as out:
            fill(out)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def _download(ref: str, out: IO[bytes]) -> None:
    from cli.client import Client

    with Client() as client:
        client.download(f"/v1/models/{ref}/export", out)


def _pack(ref: str, out: IO[bytes]) -> None:
    from solver.model_folder import find
    from store.errors import BadModelArchive
    from store.model_archive import pack

    folder = find(resolved(ref))
    try:
        pack(folder, out)
    except BadModelArchive as error:
        raise CliError(f"{folder} cannot be exported: {error}") from error


def _identified(file: Path) -> str:
    from store.errors import BadModelArchive
    from store.model_archive import check

    try:
        with file.open("rb") as archive:
            return check(archive).id
    except BadModelArchive as error:
        raise CliError(f"{file} is no model: {error}") from error


def _unpack(file: Path) -> Path:
    """Unpack a model into the models' folder; its graphs are made from its weights."""
    from solver.nets.graphs import make_graphs
    from store.model_archive import unpack

    models_folder().mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=".part-", dir=models_folder()))
    try:
        with file.open("rb") as archive:
            contents = unpack(archive, part)
        make_graphs(part)
        part.chmod(0o755)
        return take(part, contents.id)
    finally:
        shutil.rmtree(part, ignore_errors=True)
