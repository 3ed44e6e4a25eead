"""`orrery datasets`: labelled datasets of a service."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any

import click

from cli.console import note, table, write_json
from cli.errors import CliError
from cli.pictures import SUFFIXES
from cli.upload import Attachment, Upload

if TYPE_CHECKING:
    from cli.client import Client

_COLUMNS = ("id", "name", "status", "images", "puzzles", "nightly", "created_at")

#: Seconds between looks at a dataset that is being checked.
LOOK = 0.5


@click.group(epilog="\b\nExample:\n  orrery datasets add DATASET --wait")
def datasets() -> None:
    """Upload and list labelled datasets of the service at ORRERY_URL."""


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
            dataset = _checked(client, dataset)
    if as_json:
        write_json(dataset)
    else:
        click.echo(dataset["id"])
        note(_state(dataset))
    ctx.exit(1 if dataset["status"] == "rejected" else 0)


def _state(dataset: dict[str, Any]) -> str:
    if dataset["status"] == "checking":
        return f"checking; see how it went with: orrery datasets show {dataset['id']}"
    return f"{dataset['status']}, {len(dataset['problems'])} label problems"


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


def _checked(client: Client, dataset: dict[str, Any]) -> dict[str, Any]:
    while dataset["status"] == "checking":
        sleep(LOOK)
        dataset = client.get(f"/v1/datasets/{dataset['id']}")
    return dataset


@datasets.command("list", epilog="\b\nExample:\n  orrery datasets list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
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
    """Show a dataset and what is wrong with its labels."""
    from cli.client import Client

    with Client() as client:
        dataset = client.get(f"/v1/datasets/{dataset_id}")
    if as_json:
        write_json(dataset)
        return
    problems = dataset.pop("problems")
    table(("field", "value"), list(dataset.items()))
    if problems:
        rows = [(p.get("task"), p["code"], p["message"]) for p in problems]
        table(("task", "problem", "message"), rows)
