"""A corrected copy of a labelled dataset on this machine."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.errors import CliError

#: What stands in the copy beside the labels: where it comes from, and every change.
RECORD = "corrections.json"


def write_corrected(dataset: Path, corrections: Path, out: Path) -> list[dict[str, Any]]:
    """Copy a dataset's folder with its labels corrected, whole or not at all; gives the changes.

    CliError where the copy has no place, BadCorrection where the corrections cannot be made.
    """
    from store.corrections import parse

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CliError(f"{out} is there already and not an empty folder; give another one")
    if out.resolve().is_relative_to(dataset.resolve()):
        raise CliError(f"{out} lies in the dataset itself; give a folder elsewhere")
    corrected, changes = _corrected(dataset, parse(corrections.read_bytes()))
    record = {"of": str(dataset), "changes": changes}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
        copy = Path(folder, "copy")
        shutil.copytree(dataset, copy)
        for name, content in corrected.items():
            (copy / name).write_bytes(content)
        (copy / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
        copy.replace(out)
    return changes


def _corrected(dataset: Path, asked: Any) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The files of labels that are other ones now, and every change."""
    from solver.dataset import LABELS
    from store.corrections import apply

    labels = dataset / LABELS
    if labels.is_file():
        corrected, changes = apply(labels.read_bytes(), asked)
        return {LABELS: corrected}, changes
    before = dict(_labelme(dataset))
    if not before:
        raise CliError(f"{dataset} has neither {LABELS} nor LabelMe files; there is no label in it")
    corrected, changes = apply(json.dumps(before).encode(), asked)
    after: dict[str, str] = json.loads(corrected)
    return {n: text.encode() for n, text in after.items() if text != before[n]}, changes


def _labelme(dataset: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(dataset.rglob("*.json")):
        name = path.relative_to(dataset).as_posix()
        if name != RECORD:
            yield name, path.read_text("utf-8", errors="replace")
