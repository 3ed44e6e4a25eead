"""Which labelled puzzles a training is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict

from solver.dataset import Dataset
from solver.errors import PictureError
from solver.picture import read


def version_of(dataset: Dataset) -> str:
    """A hash of all labels and all pictures: another one is another dataset."""
    digest = hashlib.sha256()
    for puzzle in sorted(dataset.puzzles, key=lambda puzzle: puzzle.id):
        digest.update(json.dumps(asdict(puzzle), sort_keys=True).encode())
        try:
            digest.update(hashlib.sha256(read(dataset.path(puzzle))).digest())
        except PictureError as fault:
            digest.update(fault.code.encode())
    return digest.hexdigest()


def chosen(dataset: Dataset, ids: Collection[str]) -> Dataset:
    """The same dataset with only the puzzles of some ids."""
    kept = tuple(puzzle for puzzle in dataset.puzzles if puzzle.id in ids)
    return Dataset(dataset.root, kept, ())
