"""Solving many pictures side by side."""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from solver import pipeline
from solver.digit import Ocr
from solver.errors import DeviceError, PictureError
from solver.known import NOTHING, Known
from solver.model import Model
from solver.picture import decode
from solver.solution import Failure, Solution
from solver.stages import Stages

#: Pictures at a time on a GPU: while it is busy, the next batch comes together.
ON_GPU = 16

log = logging.getLogger(__name__)


class Solver:
    """A model and the threads that use it.

    Every picture is solved by one thread alone, on nets that compute each picture in the same way
    whatever comes with it: an answer depends neither on the number of threads nor on what else is
    solved.
    """

    def __init__(self, model: Model, ocr: Ocr | None, threads: int | None = None) -> None:
        self.model = model
        self._ocr = ocr
        self.threads = threads or side_by_side(model.device)
        self._pool = ThreadPoolExecutor(self.threads, "solver", initializer=_single_threaded)

    @property
    def model_id(self) -> str:
        """`name@hash` of the model."""
        return self.model.id

    @property
    def folder(self) -> Path:
        """Where the model's files lie."""
        return self.model.path

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """Solve pictures; a bad one gives a `Failure` in its place and never an exception.

        `thumbnails`: with a small copy of each picture that is solved. Raises DeviceError where
        the device has no room.
        """
        one = partial(self._solve_one, with_thumbnail=thumbnails)
        return list(self._pool.map(one, pictures))

    def stream(self, pictures: Iterable[bytes | Failure]) -> Iterator[Solution | Failure]:
        """Solve pictures as they come, answers in their order, a few in memory at a time.

        A `Failure` among them, of a file that could not be read, say, comes out as it went in.
        """
        waiting: deque[Future[Solution | Failure]] = deque()
        for data in pictures:
            waiting.append(self._pool.submit(self._solve_one, data))
            if len(waiting) > 2 * self.threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def examine(self, data: bytes, known: Known = NOTHING) -> Stages:
        """Solve one picture and give what every stage saw; what is `known` is taken as given.

        Raises:
            PictureError: the picture cannot be read or is not laid out as a puzzle.
        """
        return self._pool.submit(self._examine_one, data, known).result()

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def __enter__(self) -> Solver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _examine_one(self, data: bytes, known: Known) -> Stages:
        return pipeline.run(decode(data), self.model, self._ocr, known)

    def _solve_one(
        self, data: bytes | Failure, *, with_thumbnail: bool = False
    ) -> Solution | Failure:
        if isinstance(data, Failure):
            return data
        try:
            return pipeline.solve(data, self.model, self._ocr, with_thumbnail=with_thumbnail)
        except PictureError as error:
            return Failure(error.code, error.message)
        except DeviceError:
            raise  # which is no fault of the picture
        except Exception as error:
            # One picture that no one foresaw must not take the others with it.
            log.exception("a picture could not be solved")
            message = (
                f"The solver failed on this picture ({type(error).__name__}). Please report it."
            )
            return Failure("solver_failed", message)


def side_by_side(device: str) -> int:
    """How many pictures are solved at a time: one a processor, more where they wait for a GPU."""
    return processors() if device == "cpu" else ON_GPU


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _single_threaded() -> None:
    """Keep torch, where the model needs it, to the thread that calls it."""
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)
