"""A corrected copy of a labelled dataset on this machine."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from cli.errors import CliError

#: What stands in the copy beside the labels: where it comes from, and every change.
RECORD = "corrections.json"


def write_corrected(dataset: Path, corrections: Path, out: Path) -> list[dict[str, Any]]:
    """Copy a dataset's folder with its labels corrected, whole or not at all; gives the changes.

    CliError where the copy has no place, BadCorrection where the corrections cannot be made.
    """
    from solver.dataset import LABELS
    from store.corrections import apply, parse

    labels = dataset / LABELS
    if not labels.is_file():
        raise CliError(f"{dataset} has no {LABELS}; only Label Studio's export can be corrected")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CliError(f"{out} is there already and not an empty folder; give another one")
    if out.resolve().is_relative_to(dataset.resolve()):
        raise CliError(f"{out} lies in the dataset itself; give a folder elsewhere")
    corrected, changes = apply(labels.read_bytes(), parse(corrections.read_bytes()))
    record = {"of": str(dataset), "changes": changes}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
        copy = Path(folder, "copy")
        shutil.copytree(dataset, copy)
        (copy / LABELS).write_bytes(corrected)
        (copy / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
        copy.replace(out)
    return changes
