"""A labelled dataset and a small CLIP, made once."""

from pathlib import Path

import pytest

from solver.dataset import Dataset, read
from solver.encoders.source import ClipConfig
from solver.finetune import Finetuned, Plan, finetune
from solver.generate import write_dataset
from tests.unit.solver import clips

#: Puzzles of the dataset.
COUNT = 60


@pytest.fixture(scope="session")
def puzzles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of generated puzzles."""
    folder = tmp_path_factory.mktemp("labelled") / "puzzles"
    write_dataset(folder, COUNT, seed=77, difficulty="easy")
    return folder


@pytest.fixture(scope="session")
def dataset(puzzles: Path) -> Dataset:
    return read(puzzles)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ClipConfig:
    """A CLIP with random weights, as a checkpoint on the disk."""
    folder = tmp_path_factory.mktemp("checkpoint")
    return ClipConfig(checkpoint=str(clips.write_folder(folder / "clip")))


@pytest.fixture(scope="session")
def head_plan(clip: ClipConfig) -> Plan:
    return Plan("head", epochs=15, clip=clip, name="headed")


@pytest.fixture(scope="session")
def headed(
    dataset: Dataset, head_plan: Plan, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Finetuned, Path]:
    """A model with a trained head, and the work folder that it was made in."""
    folder = tmp_path_factory.mktemp("headed")
    made = finetune(dataset, None, folder / "model", folder / "work", head_plan)
    return made, folder / "work"
