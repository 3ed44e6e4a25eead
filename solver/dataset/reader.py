"""Reads labels, from a folder or without one; a fault of one task never stops the rest."""

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from solver.dataset.elements import elements
from solver.dataset.labelme import is_labelme
from solver.dataset.labels import Dataset
from solver.dataset.sheet import Sheet
from solver.errors import DatasetError

#: The name of the labels in a dataset's folder.
LABELS = "labels.json"
#: The largest labels file that is read, in bytes.
MAX_BYTES = 1 << 30


def read(folder: str | Path) -> Dataset:
    """The dataset in a folder: `labels.json`, or else one LabelMe file a picture.

    Raises DatasetError where nothing can be read at all; every lesser fault is in `problems`.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"{root} is not a folder; name the one that holds {LABELS}.")
    images = _files(root)
    sheet = Sheet(images)
    if LABELS in images:
        _read_list(_content(root / LABELS), sheet)
    else:
        names = sorted(name for name in images if name.endswith(".json"))
        if not names:
            raise DatasetError(f"{root} has no {LABELS}; put Label Studio's JSON export there.")
        _read_files(names, lambda name: _content(root / name), sheet)
    return replace(sheet.dataset(), root=root)


def read_labels(labels: bytes | Mapping[str, bytes], images: Collection[str]) -> Dataset:
    """The same without a folder: the content of `labels.json`, or LabelMe files by name.

    LabelMe files may also come as one JSON object, {name: text or content}. `images` are the names
    of the pictures that are there, posix paths relative to the dataset. Raises DatasetError where
    nothing can be read at all.
    """
    sheet = Sheet(images)
    if isinstance(labels, Mapping):
        _read_files(list(labels), labels.__getitem__, sheet)
    else:
        _read_list(labels, sheet)
    return sheet.dataset()


def _read_list(labels: bytes, sheet: Sheet) -> None:
    read_any = False
    for number, value in enumerate(elements(labels), 1):
        if number == 1 and _is_bundle(value):
            _read_bundle(value, sheet)
            return
        read_any |= sheet.add(value, f"#{number}")
    if not read_any:
        raise DatasetError(f"{LABELS} holds no task; export the project from Label Studio as JSON.")


def _is_bundle(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(n.endswith(".json") for n in value)


def _read_bundle(bundle: dict[str, Any], sheet: Sheet) -> None:
    _read_files(list(bundle), lambda name: _encoded(bundle[name]), sheet)


def _encoded(content: Any) -> bytes:
    try:
        text = content if isinstance(content, str) else json.dumps(content)
    except RecursionError as fault:
        raise DatasetError("It is nested too deeply; save it again.") from fault
    return text.encode("utf-8", "replace")


def _read_files(names: Collection[str], content: Callable[[str], bytes], sheet: Sheet) -> None:
    stems = Counter(PurePosixPath(name).stem for name in names)
    read_any = False
    for name in names:
        path = PurePosixPath(name)
        task = path.stem if stems[path.stem] == 1 else str(path.with_suffix(""))
        try:
            value = next(elements(content(name)), None)
        except DatasetError as fault:
            sheet.tell(task, "unreadable", f"{name}: {fault}")
            continue
        read_any |= is_labelme(value) and sheet.add(value, task, name)
    if not read_any:
        few = ", ".join(list(names)[:3])
        raise DatasetError(f"No LabelMe file among {few}; call a Label Studio export {LABELS}.")


def _files(root: Path) -> set[str]:
    """Every file of the folder, but no link that leads out of it."""
    inside = root.resolve()
    found = set()
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(inside):
                found.add(path.relative_to(root).as_posix())
    return found


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DatasetError(f"{path} has {size:,} bytes, {MAX_BYTES:,} is the limit; split it.")
        return path.read_bytes()
    except OSError as fault:
        raise DatasetError(f"{path} cannot be read: {fault.strerror}.") from fault
