"""Writing a labelled dataset: pictures, labels.json and truth.jsonl, the same for the same seed."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from solver.generate import labels, levels, styles
from solver.generate.assets import Assets, faces, families, locate
from solver.generate.chance import stream
from solver.generate.drawing import draw
from solver.generate.errors import GenerateError
from solver.generate.styles import Styles

#: Puzzles that a worker process draws at a time.
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw: the arguments of `draw`, and how often labels are wrong."""

    seed: int
    difficulty: str
    assets: Assets
    styles: Styles
    label_noise: float


def write_dataset(
    out: Path,
    count: int,
    seed: int = 0,
    difficulty: str = "mix",
    label_noise: float = 0.0,
    assets: Assets = "held-out",
    processes: int = 1,
    progress: Callable[[int], None] = lambda done: None,
    styles: Styles = "train",
) -> None:
    """Write `count` labelled puzzles to the folder `out`, which must be empty or not exist.

    Everything is written beside `out` first and moved there at the end, so that a dataset is whole
    or absent. The bytes depend on the seed and the options alone, not on `processes`. `progress`
    is told how many puzzles are done. Raises GenerateError for an option out of range, a folder
    that holds something, or missing asset packages.
    """
    order = Order(seed, difficulty, assets, styles, label_noise)
    _check(out, count, order, processes)
    with _beside(out) as folder:
        (folder / "images").mkdir()
        tasks, truths = [], []
        for done, (task, truth) in enumerate(_drawn(folder, count, order, processes), 1):
            tasks.append(task)
            truths.append(json.dumps(truth, ensure_ascii=False))
            progress(done)
        exported = json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"
        (folder / "labels.json").write_text(exported, encoding="utf-8")
        (folder / "truth.jsonl").write_text("\n".join(truths) + "\n", encoding="utf-8")


def _check(out: Path, count: int, order: Order, processes: int) -> None:
    if count < 1:
        raise GenerateError(f"count must be at least 1, not {count}")
    if processes < 1:
        raise GenerateError(f"the number of worker processes must be at least 1, not {processes}")
    if not 0 <= order.seed < 1 << 63:
        raise GenerateError(f"seed must be from 0 to 2^63 - 1, not {order.seed}")
    if not 0 <= order.label_noise <= 1:
        raise GenerateError(f"label noise is a probability from 0 to 1, not {order.label_noise}")
    levels.level_of(order.difficulty, stream(0, 0))
    styles.check(order.styles)
    faces(order.assets)
    for family in families(order.assets):
        locate(family)
    if out.exists() and not out.is_dir():
        raise GenerateError(f"{out} is a file; give a folder that is empty or does not exist yet")
    if out.exists() and any(out.iterdir()):
        raise GenerateError(f"{out} is not empty; give another folder, or empty this one first")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A new folder next to `out` that takes its place at the end, or goes when something fails."""
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise GenerateError(f"cannot write to {out.parent}: {error.strerror}") from error
    try:
        yield folder
        folder.chmod(0o777 & ~_umask())
        # Over an empty folder a rename succeeds; over one filled meanwhile it fails.
        folder.replace(out)
    except OSError as error:
        raise GenerateError(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _drawn(
    folder: Path, count: int, order: Order, processes: int
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    one = partial(_write_one, folder, order)
    processes = min(processes, count)
    if processes == 1:
        yield from map(one, range(count))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_alone) as pool:
        yield from pool.map(one, range(count), chunksize=min(_CHUNK, -(-count // processes)))


def _alone() -> None:
    """One thread a process: the processes share the cores already."""
    import cv2

    cv2.setNumThreads(1)


def _write_one(folder: Path, order: Order, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw one puzzle, write its picture, and return its task and truth."""
    drawn = draw(order.seed, index, order.difficulty, order.assets, order.styles)
    # A stream of its own: label noise does not change the pictures.
    task, truth = labels.write(
        stream(order.seed, index).spawn(1)[0], drawn.truth, order.label_noise
    )
    (folder / truth.image).write_bytes(drawn.data)
    return task, truth.to_json()
