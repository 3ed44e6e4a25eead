"""Train every net of the shipped model and write its folder.

python -m solver.train --out solver/weights/small
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from solver.train.assemble import assemble
from solver.train.parts import GROUPS, PLANS, train_group

#: Seed of the shipped model.
SEED = 2026


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing in the work folder, side by side, then calibrate and write the model.

    A part that the work folder has already, of the same seed and scale, is not trained again: a
    run that was stopped goes on.
    """
    given = _parser().parse_args(arguments)
    work = given.work / f"seed-{given.seed}-scale-{given.minutes_scale:g}"
    work.mkdir(parents=True, exist_ok=True)
    groups = [_missing(group, given.only, work) for group in GROUPS]
    _train([group for group in groups if group], given.seed, given.minutes_scale, work)
    if all((work / f"{name}.safetensors").exists() for name in PLANS):
        identity = assemble(work, given.out, given.seed, given.minutes_scale)
        sys.stderr.write(f"{identity} is in {given.out}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--minutes-scale", type=float, default=1.0, help="share of the usual training steps"
    )
    parser.add_argument(
        "--work", type=Path, default=Path(".cache/train"), help="where parts are kept"
    )
    parser.add_argument("--only", choices=tuple(PLANS), action="append", help="train these parts")
    return parser


def _missing(group: Sequence[str], only: Sequence[str] | None, work: Path) -> tuple[str, ...]:
    wanted = [name for name in group if only is None or name in only]
    return tuple(name for name in wanted if not (work / f"{name}.safetensors").exists())


def _train(groups: Sequence[tuple[str, ...]], seed: int, scale: float, work: Path) -> None:
    """One process a group, one thread a process: threads that wait for each other lose more."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, len(groups)), mp_context=context) as pool:
        for future in [pool.submit(train_group, group, seed, scale, work) for group in groups]:
            future.result()


if __name__ == "__main__":
    sys.exit(main())
