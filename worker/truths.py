"""The labels of a dataset in the store, read once a process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from solver.dataset import Dataset, LabelledPuzzle, read_labels
from solver.errors import DatasetError, PictureError
from store import datasets
from store.blobs import Blobs
from store.errors import BlobMissing
from store.session import Database

#: Datasets whose labels stay in memory.
KEPT = 2


@dataclass(frozen=True, slots=True)
class Truth:
    """The labelled puzzles of a dataset by the names of their pictures."""

    puzzles: Mapping[str, LabelledPuzzle]


class Truths:
    """Gives the labels that a dataset's answers are held against."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database, self._blobs = database, blobs
        self._kept: dict[str, Truth] = {}

    def of(self, dataset_id: str) -> Truth:
        """The labels of a dataset.

        Raises DatasetError where none can be used, NotFound, and what the store raises.
        """
        if dataset_id not in self._kept:
            dataset = self.read(dataset_id)
            if not dataset.puzzles:
                raise DatasetError("no task of the labels can be used; see the dataset's problems")
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[dataset_id] = Truth({puzzle.image: puzzle for puzzle in dataset.puzzles})
        return self._kept[dataset_id]

    def read(self, dataset_id: str) -> Dataset:
        """The dataset as its labels describe it, with every problem; raises DatasetError."""
        with self._database.read() as session:
            labels = datasets.get(session, None, dataset_id).labels
            names = {image.name for image in datasets.images(session, dataset_id)}
        return read_labels(self._blobs.get(labels), names)

    def pictures(self, dataset_id: str) -> Callable[[LabelledPuzzle], bytes]:
        """What gives the bytes of a puzzle's picture, or raises PictureError."""
        with self._database.read() as session:
            blobs = {image.name: image.blob for image in datasets.images(session, dataset_id)}

        def content(puzzle: LabelledPuzzle) -> bytes:
            try:
                return self._blobs.get(blobs[puzzle.image])
            except BlobMissing as error:
                message = "The picture is no longer in the store; upload the dataset again."
                raise PictureError("missing", message) from error

        return content
