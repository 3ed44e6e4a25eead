"""Stages whose results are kept on the disk and made again only when something changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.finetune.errors import TrainingError

#: The note that makes a result whole: what it was made from, and what it holds.
NOTE = "stage.json"

#: Results of one stage that are kept, the newest.
KEPT = 3

#: What ends the name of a result that is not whole yet.
PART = ".part"


@dataclass(frozen=True, slots=True)
class StageRun:
    """Whether a stage ran, and why it ran or was skipped."""

    name: str
    ran: bool
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Made:
    """The folder of a whole result and a hash of all that it holds."""

    folder: Path
    content: str


class Stages:
    """The results in a work folder, each by the hash of what it is made from.

    A result is written to a folder of its own that takes its name only when it is whole. `runs`
    says what became of each stage so far.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self.runs: list[StageRun] = []

    def run(
        self, name: str, version: int, inputs: Mapping[str, Any], make: Callable[[Path], None]
    ) -> Made:
        """The result of a stage, kept or made.

        Args:
            name: of the stage.
            version: of its code; a change makes the stage run again.
            inputs: all that the result depends on, as plain JSON.
            make: writes the result into a folder. It may find there what an earlier run of the
                same inputs left behind when it was stopped.
        """
        place = self._work / name
        recipe = {"version": version, "inputs": dict(inputs)}
        folder = place / _hash(recipe)
        note = _whole(folder)
        if note is not None:
            os.utime(folder / NOTE)
            self.runs.append(StageRun(name, ran=False, why="nothing changed", seconds=0.0))
            return Made(folder, note["content"])
        why, started = _why(place, folder, recipe), time.monotonic()
        part = _part(place, folder)
        make(part)
        content = _sealed(part, folder, recipe)
        _forget(place)
        self.runs.append(StageRun(name, ran=True, why=why, seconds=time.monotonic() - started))
        return Made(folder, content)


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold a work folder alone; the lock goes when the process does, however it ends.

    Raises:
        TrainingError: another process holds it.
    """
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{work} is in use by another training; wait for it, or take another folder."
            raise TrainingError(message) from None
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, whatever dies in between."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _whole(folder: Path) -> dict[str, Any] | None:
    """The note of a result whose files are all there, None otherwise."""
    note = _note(folder)
    if note is None:
        return None
    try:
        sizes = {name: (folder / name).stat().st_size for name in note["files"]}
    except (OSError, KeyError):
        return None
    return note if sizes == note["files"] else None


def _why(place: Path, folder: Path, recipe: Mapping[str, Any]) -> str:
    if folder.exists():
        return "its files were damaged"
    if folder.with_name(folder.name + PART).exists():
        return "goes on where it was stopped"
    others = [(_note(path), path) for path in _newest(place)]
    last = next((note for note, _ in others if note is not None), None)
    if last is None:
        return "no earlier result"
    if last["version"] != recipe["version"]:
        return f"its code changed ({last['version']} to {recipe['version']})"
    return "; ".join(_changes(last["inputs"], recipe["inputs"])) or "its inputs changed"


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before != after:
            plain = isinstance(before, int | float) and isinstance(after, int | float)
            yield f"{name} changed" + (f" ({before} to {after})" if plain else "")


def _note(folder: Path) -> dict[str, Any] | None:
    try:
        note: dict[str, Any] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note


def _newest(place: Path) -> list[Path]:
    notes = sorted(place.glob(f"*/{NOTE}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [path.parent for path in notes]


def _part(place: Path, folder: Path) -> Path:
    """The folder to write to; what stopped runs of other inputs left is removed."""
    part = folder.with_name(folder.name + PART)
    for other in place.glob(f"*{PART}"):
        if other != part:
            shutil.rmtree(other)
    part.mkdir(parents=True, exist_ok=True)
    return part


def _sealed(part: Path, folder: Path, recipe: Mapping[str, Any]) -> str:
    """Note what the result holds, give it its name, and return the hash of its content."""
    digest, sizes = hashlib.sha256(), {}
    for path in sorted(path for path in part.rglob("*") if path.is_file()):
        name = path.relative_to(part).as_posix()
        with path.open("rb") as file:
            digest.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
        sizes[name] = path.stat().st_size
    content = digest.hexdigest()
    note = {**recipe, "files": sizes, "content": content}
    write_whole(part / NOTE, json.dumps(note, indent=1).encode())
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return content


def _forget(place: Path) -> None:
    for folder in _newest(place)[KEPT:]:
        shutil.rmtree(folder)
