"""What a training needs on the disk: the pictures of its dataset, and room for its stages."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from solver.dataset import Dataset
from store import datasets
from store.blobs import Blobs
from store.errors import BlobMissing
from store.session import Database
from worker.errors import JobError, Later
from worker.truths import Truths

#: Datasets whose finished stages stay on the disk, for the next training on the same.
KEPT = 2

#: The folders and files of a place.
STAGES, PICTURES, LOCK = "stages", "pictures", "held"


@contextmanager
def place_for(root: Path, version: str) -> Iterator[Path]:
    """A folder for trainings on one version of a dataset, held by this process alone.

    The folders that were used longest ago are removed, and the pictures at the end. Raises Later
    where another process of this machine has the folder.
    """
    place = root / version[:32]
    place.mkdir(parents=True, exist_ok=True)
    with (place / LOCK).open("a") as lock:
        if not _taken(lock.fileno()):
            raise Later(f"another training on this dataset runs on this machine ({place})")
        os.utime(place)
        _forget(root, place)
        try:
            yield place
        finally:
            shutil.rmtree(place / PICTURES, ignore_errors=True)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget(root: Path, place: Path) -> None:
    """Remove all but the newest folders, save those that other processes hold."""
    others = sorted(
        (path for path in root.iterdir() if path.is_dir() and path != place),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[KEPT - 1 :]:
        with suppress(OSError), (path / LOCK).open("a") as lock:
            if _taken(lock.fileno()):
                shutil.rmtree(path, ignore_errors=True)


def write_pictures(
    database: Database, blobs: Blobs, truths: Truths, dataset_id: str, place: Path
) -> Dataset:
    """Write the labelled pictures of a dataset into a place, and read its labels.

    Each picture is written under a name of its own making, so that no name leads out of the folder;
    the labels keep the pictures' own names in their order. Raises JobError where one is gone.
    """
    with database.read() as session:
        shas = {image.name: image.blob for image in datasets.images(session, dataset_id)}
    dataset = truths.read(dataset_id)
    folder = place / PICTURES
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    puzzles = []
    for puzzle in dataset.puzzles:
        sha = shas[puzzle.image]
        _write(blobs, sha, folder / sha)
        puzzles.append(replace(puzzle, image=sha))
    return Dataset(folder, tuple(puzzles), dataset.problems)


def _write(blobs: Blobs, sha: str, path: Path) -> None:
    if path.exists():
        return
    try:
        path.write_bytes(blobs.get(sha))
    except BlobMissing as error:
        message = "a picture of the dataset is no longer in the store; upload the dataset again"
        raise JobError("dataset", message) from error
