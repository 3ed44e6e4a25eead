"""A pickle that would run something, fed to whatever takes a picture, labels or a model.

What a running worker does with one as a message is in `test_running_service.py`.
"""

import io
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import pytest

from cli.main import main
from solver import load_solver
from solver.dataset import read_labels
from solver.errors import DatasetError, ModelError
from store import model_archive
from store.errors import BadModelArchive
from tests.integration.api.parts import Caller, archive, form, picture

SHIPPED = Path(__file__).parents[2] / "solver" / "weights" / "small"


class Payload:
    """Makes a file as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that is there once something was unpickled."""
    return tmp_path / "unpickled"


@pytest.fixture
def payload(mark: Path) -> bytes:
    """The pickle, which does work."""
    data = pickle.dumps(Payload(mark))
    pickle.loads(data).close()
    assert mark.exists()
    mark.unlink()
    return data


def checkpoint(payload: bytes) -> bytes:
    """The pickle as torch would have saved it."""
    return archive({"archive/data.pkl": payload, "archive/version": b"3\n"}, zipfile.ZIP_STORED)


def test_a_pickle_is_no_picture(caller: Caller, payload: bytes, mark: Path) -> None:
    assert caller.solve(("a.jpg", payload)).status_code == 415
    packed = archive({"a.jpg": payload, "labels.json": payload})
    assert caller.post("/v1/jobs/solve", data=form(archive=("a.zip", packed))).status_code == 415
    assert not mark.exists()


def test_a_pickle_is_no_label(payload: bytes, mark: Path) -> None:
    bundle = json.dumps({"1.json": payload.decode("latin-1")}).encode()
    for labels in (payload, bundle):
        with pytest.raises(DatasetError):
            read_labels(labels, {"1.jpg"})
    assert not mark.exists()


@pytest.mark.parametrize("shape", ["bare", "checkpoint"])
def test_a_pickle_is_no_model_of_the_service(
    caller: Caller, payload: bytes, mark: Path, shape: str
) -> None:
    data = payload if shape == "bare" else checkpoint(payload)
    admin = caller.other("admin")
    for sent in (data, archive({"digit.safetensors": data, "manifest.json": b"{}"})):
        answer = admin.post("/v1/models", data=sent, content_type="application/zip")
        assert answer.status_code == 422
    assert not mark.exists()


def test_a_pickle_in_the_place_of_weights_is_refused(
    tmp_path: Path, payload: bytes, mark: Path
) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "model")
    for weights in folder.glob("*.safetensors"):
        weights.write_bytes(checkpoint(payload))
    packed = io.BytesIO()
    model_archive.pack(folder, packed)
    with pytest.raises(BadModelArchive, match="no safetensors"):
        model_archive.check(packed)
    with pytest.raises(ModelError), load_solver(folder) as solver:
        solver.solve([picture()])
    assert not mark.exists()


def test_a_pickle_is_no_model_of_the_command_line(
    tmp_path: Path, payload: bytes, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORRERY_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "model.zip"
    file.write_bytes(checkpoint(payload))
    assert main(["models", "import", str(file), "--local"]) == 1
    assert not mark.exists()
