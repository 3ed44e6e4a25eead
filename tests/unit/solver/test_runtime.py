import subprocess
import sys
from threading import Thread

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.model import load
from solver.model_folder import DEFAULT
from solver.nets.folder import load_nets, parts
from solver.nets.run import TorchNet
from solver.runtime import graphs
from tests.unit.solver.models import untrained

CPU = torch.device("cpu")

#: How far an output may be from torch's. Of the shipped nets on 100 puzzles the farthest was
#: 2e-5, where outputs reach 10.
TOLERANCE = 1e-4

SHAPES = {
    "finder": (200, 200, 3),
    "hint": (200, 200, 3),
    "digit": (40, 40, 1),
    "encoder": (64, 64, 3),
}


def pictures(count: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Noise over a slope: no picture is like another."""
    noise = np.random.default_rng(seed).integers(0, 200, (count, *shape))
    return (noise + np.linspace(0, 55, shape[1])[:, None]).astype(np.uint8)


@pytest.fixture(scope="module")
def ours():
    return graphs.load(DEFAULT, SHAPES, threads=2)


@pytest.fixture(scope="module")
def reference():
    torch.set_num_threads(1)
    modules = parts(load_nets(DEFAULT, CPU))
    return {name: TorchNet(modules[name], CPU) for name in SHAPES}


@pytest.mark.parametrize("name", SHAPES)
def test_a_net_says_what_it_says_in_torch(ours, reference, name):
    seen = pictures(3, SHAPES[name])
    for here, there in zip(ours[name](seen), reference[name](seen), strict=True):
        assert here.shape == there.shape
        assert np.allclose(here, there, rtol=TOLERANCE, atol=TOLERANCE)


@settings(max_examples=8)
@given(count=st.integers(1, 20), seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("name", ["digit", "encoder"])
def test_what_is_said_of_a_picture_does_not_depend_on_the_others(ours, name, count, seed):
    seen = pictures(count, SHAPES[name], seed)
    together = ours[name](seen)
    for k in {0, count // 2, count - 1}:
        for whole, alone in zip(together, ours[name](seen[k : k + 1]), strict=True):
            assert np.array_equal(whole[k], alone[0])


def test_threads_do_not_change_what_is_said(ours):
    seen = pictures(11, SHAPES["encoder"])
    [wanted] = ours["encoder"](seen)
    said: list[np.ndarray] = []

    def ask() -> None:
        said.extend(ours["encoder"](seen)[0] for _ in range(5))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 20
    assert all(np.array_equal(wanted, other) for other in said)


def test_of_no_picture_nothing_is_said(ours):
    [output] = ours["digit"](pictures(1, SHAPES["digit"])[:0])
    assert output.shape == (0, 5)


def test_a_model_without_graphs_runs_in_torch(tmp_path):
    folder = untrained(tmp_path / "tiny")
    seen = pictures(2, SHAPES["finder"])
    [quick] = load(folder, "cpu").finder(seen)
    (folder / graphs.GRAPHS).unlink()
    model = load(folder, "cpu")
    assert isinstance(model.finder, TorchNet)
    assert np.allclose(model.finder(seen)[0], quick, rtol=TOLERANCE, atol=TOLERANCE)


def test_the_id_does_not_depend_on_the_graphs(tmp_path):
    folder = untrained(tmp_path / "tiny")
    before = load(folder, "cpu").id
    (folder / graphs.GRAPHS).unlink()
    assert load(folder, "cpu").id == before


def test_on_a_cpu_a_picture_is_solved_without_torch_and_nothing_is_reported(tmp_path):
    program = (
        "import sys; from solver import load_solver, picture; import numpy as np\n"
        "with load_solver(device='cpu', threads=1) as solver:\n"
        "    solver.solve([picture.encode(np.zeros((400, 1000, 3), np.uint8))])\n"
        "print([n for n in ('torch', 'easyocr', 'scipy') if n in sys.modules])\n"
        "print(sys.modules['openvino_telemetry'])"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[:2] == ["[]", "None"]
