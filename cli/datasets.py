"""`orrery datasets`: labelled datasets of a service."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cli import options
from cli.audits import audit, checked, correct, review, suspects, tell
from cli.console import note, table, write_json
from cli.errors import CliError
from cli.pictures import SUFFIXES
from cli.upload import Attachment, Upload

_COLUMNS = ("id", "name", "status", "puzzles", "nightly", "created_at")


@click.group(epilog="\b\nExample:\n  orrery datasets add DATASET --wait")
def datasets() -> None:
    """Upload, audit and correct labelled datasets of the service at ORRERY_URL."""


@datasets.command(epilog="\b\nExample:\n  orrery datasets add DATASET --name spring --nightly")
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|ZIP")
@click.option("--name", help="A name for people; default: the folder's.")
@click.option("--nightly", is_flag=True, help="Evaluate the champion on it every night.")
@click.option("--wait", is_flag=True, help="Wait for the check; exit status 1 if it is rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the dataset as JSON.")
@click.pass_context
def add(
    ctx: click.Context, path: Path, name: str | None, nightly: bool, wait: bool, as_json: bool
) -> None:
    """Upload a labelled dataset: labels.json or LabelMe files beside the images."""
    from cli.client import Client

    fields = {"name": name or path.resolve().stem, "nightly": str(nightly).lower()}
    with Client() as client, _archive(path) as archive:
        upload = Upload(fields, [Attachment("archive", archive.name, archive)])
        dataset = client.upload("/v1/datasets", upload)
        if wait:
            dataset = checked(client, dataset)
    tell(ctx, dataset, as_json)


@contextmanager
def _archive(path: Path) -> Iterator[Path]:
    """The dataset as one zip archive: itself, or packed into a temporary file."""
    if path.is_file():
        yield path
        return
    files = [file for file in sorted(path.rglob("*")) if _belongs(file)]
    if not files:
        raise CliError(f"{path} holds neither labels nor pictures")
    with TemporaryDirectory(prefix="orrery-") as folder:
        packed = Path(folder, f"{path.resolve().name}.zip")
        # Pictures are compressed already.
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                archive.write(file, file.relative_to(path).as_posix())
        yield packed


def _belongs(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in (*SUFFIXES, ".json")


@datasets.command("list", epilog="\b\nExample:\n  orrery datasets list")
@options.as_lines
def list_datasets(as_json: bool) -> None:
    """List datasets, newest first."""
    from cli.client import Client

    with Client() as client:
        found = list(client.pages("/v1/datasets", limit=500))
    if as_json:
        for dataset in found:
            write_json(dataset)
        return
    table(_COLUMNS, [[dataset[column] for column in _COLUMNS] for dataset in found])


@datasets.command(epilog="\b\nExample:\n  orrery datasets show 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("dataset_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the dataset as JSON.")
def show(dataset_id: str, as_json: bool) -> None:
    """Show a dataset: what it holds, what is wrong with it, how well models did on its versions."""
    from cli.client import Client

    with Client() as client:
        dataset = client.get(f"/v1/datasets/{dataset_id}")
    if as_json:
        write_json(dataset)
        return
    problems, versions = dataset.pop("problems"), dataset.pop("versions")
    statistics, origin = dataset.pop("statistics") or {}, dataset.pop("origin") or {}
    table(("field", "value"), [*dataset.items(), *_flat(statistics), *_flat(origin)])
    if problems:
        rows = [(p.get("task"), p["code"], p["message"]) for p in problems]
        table(("task", "problem", "message"), rows)
    measured = [(it["id"], it["created_at"], one) for it in versions for one in it["evaluations"]]
    if measured:
        figures = [(id_, at, one["model"], one["accuracy"]) for id_, at, one in measured]
        table(("version", "made", "model", "accuracy"), figures)


def _flat(values: dict[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Nested values with the names of their places; lists as how many there are."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", len(value) if isinstance(value, list) else value


@datasets.command(epilog="\b\nExample:\n  orrery datasets delete 0190d3b0c5a47000a4c1b2d3e4f50617")
@click.argument("dataset_id", metavar="ID")
def delete(dataset_id: str) -> None:
    """Remove a dataset with its reviews; refused while a job that has not ended uses it."""
    from cli.client import Client

    with Client() as client:
        client.delete(f"/v1/datasets/{dataset_id}")
    note("deleted")


for _command in (audit, suspects, review, correct):
    datasets.add_command(_command)
