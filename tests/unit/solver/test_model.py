import json
import shutil

import numpy as np
import pytest

from solver import load_solver
from solver.errors import ModelError
from solver.model import load
from solver.model_folder import DEFAULT, find, identify
from tests.unit.solver.models import untrained


@pytest.fixture
def folder(tmp_path):
    return untrained(tmp_path / "tiny")


def test_a_model_comes_back_as_it_was_saved(folder):
    first, second = load(folder, "cpu"), load(folder, "cpu")
    assert first.id == second.id == identify(folder)
    picture = np.random.default_rng(0).integers(0, 256, (1, 200, 200, 3), np.uint8)
    assert np.array_equal(first.finder(picture), second.finder(picture))


def test_the_id_follows_the_content_and_not_the_place(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert identify(copy) == identify(folder)
    (copy / "card.md").write_text("other words")
    assert identify(copy) == identify(folder)
    config = json.loads((copy / "config.json").read_text())
    config["calibration"]["match_slope"] += 1
    (copy / "config.json").write_text(json.dumps(config))
    assert identify(copy) != identify(folder)


def test_the_shipped_model_is_found_by_name_and_by_id():
    shipped = identify(DEFAULT)
    assert find(None) == find("small") == find(shipped) == DEFAULT
    with pytest.raises(ModelError):
        find("small@000000000000")


def test_the_shipped_weights_are_small():
    assert sum(f.stat().st_size for f in DEFAULT.iterdir()) < 6_000_000


def _damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("config.json", None, "no model at"),
        ("config.json", lambda _: b"{", "JSON"),
        ("config.json", lambda _: b"[]", "no model config"),
        ("config.json", lambda d: d.replace(b'"format": 1', b'"format": 9'), "format 1"),
        ("config.json", lambda d: d.replace(b'"polar"', b'"mystery"'), "mystery"),
        ("config.json", lambda d: d.replace(b'"finder"', b'"finger"'), "lacks"),
        ("config.json", lambda d: d.replace(b'"match_slope"', b'"slop"'), "slop"),
        ("finder.safetensors", None, "missing"),
        ("digit.safetensors", _damaged, "damaged"),
        ("encoder.safetensors", lambda _: b"", "damaged"),
        ("graphs.zip", _damaged, "graphs"),
    ],
)
def test_a_damaged_model_folder_is_named_with_what_is_wrong(folder, name, change, says):
    path = folder / name
    data = path.read_bytes()
    path.unlink() if change is None else path.write_bytes(change(data))
    with pytest.raises(ModelError, match=says):
        load(folder, "cpu")


def test_weights_of_another_size_are_refused(folder, tmp_path):
    other = untrained(tmp_path / "other", finder={"width": 12})
    shutil.copy(other / "finder.safetensors", folder / "finder.safetensors")
    with pytest.raises(ModelError, match=r"finder\.safetensors"):
        load(folder, "cpu")


def test_a_missing_model_and_a_missing_device_are_told(tmp_path):
    with pytest.raises(ModelError, match="no model at"):
        load_solver(tmp_path / "nowhere")
    with pytest.raises(ModelError, match="no device"):
        load_solver(device="toaster")
