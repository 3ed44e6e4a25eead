"""A labelled dataset, a small CLIP and a head on it, made once for all processes that test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from solver.dataset import Dataset, read
from solver.encoders.source import ClipConfig
from solver.finetune import Finetuned, Plan, finetune
from solver.generate import write_dataset
from tests.unit.solver import clips

#: Puzzles of the dataset.
COUNT = 32

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Make a folder, or find it where another process of this run has made it."""
    base = tmp_path_factory.getbasetemp()
    place = base if worker_id == "master" else base.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder = place / name
        with FileLock(folder.with_suffix(".lock")):
            if not folder.exists():
                make(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def puzzles(once: Once) -> Path:
    """A folder of generated puzzles."""
    return once("labelled", lambda it: write_dataset(it, COUNT, seed=77, difficulty="easy"))


@pytest.fixture(scope="session")
def dataset(puzzles: Path) -> Dataset:
    return read(puzzles)


@pytest.fixture(scope="session")
def clip(once: Once) -> ClipConfig:
    """A CLIP with random weights, as a checkpoint on the disk."""
    return ClipConfig(checkpoint=str(once("clip", clips.write_folder)))


@pytest.fixture(scope="session")
def head_plan(clip: ClipConfig) -> Plan:
    return Plan("head", epochs=15, clip=clip, name="headed")


@pytest.fixture(scope="session")
def headed(
    dataset: Dataset, head_plan: Plan, once: Once, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Finetuned, Path]:
    """A model with a trained head, and the work folder that it was made in."""
    own = tmp_path_factory.mktemp("headed")
    made = once("headed", lambda it: finetune(dataset, None, it / "model", it / "work", head_plan))
    shutil.copytree(made / "work", own / "work")
    # Where all stages are there, only the model's folder is written.
    return finetune(dataset, None, own / "model", own / "work", head_plan), own / "work"
