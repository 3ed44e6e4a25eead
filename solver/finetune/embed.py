"""What a frozen CLIP tower sees of every crop, kept on the disk so that it is computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from solver.arrays import Floats
from solver.encoders import Choose
from solver.encoders.clip import BATCH, ClipEncoder
from solver.finetune.cache import write_whole
from solver.finetune.errors import Cancelled
from solver.finetune.pairs import Pairs
from solver.finetune.plan import Progress, Stop, Tell
from solver.picture import Picture

#: Version of this stage's code: a change makes it run again.
VERSION = 1

#: The features' file, (N, width) float32, and the one that counts the finished batches.
FEATURES, DONE = "features.npy", "done"

#: Batches between two notes of how far it is; a killed run loses no more.
NOTED = 8


def embed(
    pairs: Pairs, encoder: ClipEncoder, folder: Path, threads: int, tell: Tell, stop: Stop
) -> None:
    """Write the tower's features of all crops, batch by batch; a run that was stopped goes on.

    Args:
        pairs: the crops.
        encoder: its tower is used, not its head.
        folder: gets `features.npy`.
        threads: batches that are computed side by side, each on one thread; the result is the same.
        tell: is told of every few batches.
        stop: whether to give up.
    """
    count = len(pairs.crops)
    starts = range(0, count, BATCH)
    features, first = _opened(folder, (count, encoder.source.width))
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        for done in range(first, len(starts), NOTED):
            if stop():
                raise Cancelled("The training was cancelled while crops were embedded.")
            some = starts[done : done + NOTED]
            seen = pool.map(lambda k: encoder.features(np.array(pairs.crops[k : k + BATCH])), some)
            for start, part in zip(some, seen, strict=True):
                features[start : start + BATCH] = part.cpu().numpy()
            features.flush()
            write_whole(folder / DONE, str(done + len(some)).encode())
            tell(Progress("embed", done + len(some), len(starts)))
    (folder / DONE).unlink(missing_ok=True)


def read_features(folder: Path) -> Floats:
    """The features (N, width) of all crops; they stay on the disk until they are looked at."""
    return np.asarray(np.load(folder / FEATURES, mmap_mode="r"))


class RememberedEncoder:
    """A CLIP encoder that takes its tower's features from where they were kept.

    Crops that it does not know go through the tower; `misses` counts them.
    """

    def __init__(
        self, encoder: ClipEncoder, pairs: Pairs, features: Floats, puzzles: Iterable[int]
    ) -> None:
        self._encoder = encoder
        self._features = features
        self._rows = dict(_keyed(pairs, puzzles))
        self.misses = 0

    def likeness(self, views: Picture, planets: Picture, choose: Choose) -> Floats:
        """As the encoder's: (N,) in -1..1."""
        if not len(planets):
            return np.zeros(0, np.float32)
        cosines = (self.embed(views) @ self.embed(planets).T).cpu().numpy()
        return np.asarray(cosines[choose(cosines)].mean(axis=0), np.float32)

    def embed(self, crops: Picture) -> Tensor:
        """As the encoder's: (N, S, S, 3) uint8 to (N, 64) unit embeddings."""
        rows = [self._rows.get(_key(crop)) for crop in crops]
        features = torch.zeros((len(crops), self._encoder.source.width))
        known = [k for k, row in enumerate(rows) if row is not None]
        unknown = [k for k, row in enumerate(rows) if row is None]
        if known:
            found = self._features[[row for row in rows if row is not None]]
            features[known] = torch.from_numpy(found)
        if unknown:
            self.misses += len(unknown)
            features[unknown] = self._encoder.features(crops[unknown]).cpu()
        return self._encoder.project(features)


def _keyed(pairs: Pairs, puzzles: Iterable[int]) -> Iterator[tuple[bytes, int]]:
    for puzzle in puzzles:
        rows = pairs.rows(puzzle)
        for row in range(rows.start, rows.stop):
            yield _key(pairs.crops[row]), row


def _key(crop: Picture) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(crop).tobytes(), digest_size=16).digest()


def _opened(folder: Path, shape: tuple[int, int]) -> tuple[np.memmap[Any, Any], int]:
    """The features' file for writing, and how many batches an earlier run finished."""
    path = folder / FEATURES
    done = int((folder / DONE).read_text()) if (folder / DONE).exists() else 0
    mode = "r+" if done and path.exists() else "w+"
    opened = np.lib.format.open_memmap(path, mode, np.float32, None if mode == "r+" else shape)
    if opened.shape != shape:
        raise ValueError(f"{path} holds {opened.shape} features instead of {shape}")
    return opened, done if mode == "r+" else 0
