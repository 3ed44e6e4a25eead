import shutil
import subprocess
import sys
from threading import Thread
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from benchmarks.limits import work
from solver import load_solver
from solver.errors import ModelError
from solver.model import load
from solver.model_folder import DEFAULT
from solver.nets.folder import load_nets, parts
from solver.nets.run import TorchNet
from solver.runtime import graphs
from solver.runtime.export import copy_graphs, export
from tests.unit.solver.models import untrained
from tests.unit.solver.pictures import puzzle

CPU = torch.device("cpu")

#: How far an output may be from torch's. Of the shipped nets on 100 held-out puzzles the farthest
#: was 6e-5, where outputs reach 12.
TOLERANCE = 1e-4

#: How far a confidence may be from torch's. On 200 held-out puzzles, all with the same answers, the
#: farthest was 1e-4.
SURE_ALIKE = 1e-3

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


def test_puzzles_have_the_answers_that_they_have_in_torch(tmp_path):
    shutil.copytree(DEFAULT, tmp_path / "torch")
    (tmp_path / "torch" / graphs.GRAPHS).unlink()
    asked = [puzzle(index, level).data for level in ("easy", "hard") for index in range(3)]
    with load_solver(None, "cpu") as quick, load_solver(tmp_path / "torch", "cpu") as slow:
        assert isinstance(slow.model.finder, TorchNet)
        for here, there in zip(quick.solve(asked), slow.solve(asked), strict=True):
            assert (here.tile, here.digit) == (there.tile, there.digit)
            assert np.allclose(here.point, there.point, atol=0.01)
            assert here.confidence == pytest.approx(there.confidence, abs=SURE_ALIKE)


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
    wanted, _ = ours["encoder"](seen)
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


class Pair(nn.Module):
    """Takes maps of two things and says two things of them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.gain = nn.Parameter(torch.tensor(1.5))

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        gap = self.conv(one - other) * self.gain
        return gap, gap.mean(dim=(1, 2, 3))


def test_a_net_may_take_and_give_several_things(tmp_path):
    torch.manual_seed(1)
    net, shape = Pair(), (4, 3, 6, 8)
    save_file(net.state_dict(), tmp_path / "pair.safetensors")
    export({"pair": net}, {"pair": {"one": shape, "other": shape}}, tmp_path / graphs.GRAPHS)
    ours = graphs.load(tmp_path, ["pair"], threads=1)["pair"]
    one, other = np.random.default_rng(2).random((2, 9, 3, 6, 8), dtype=np.float32)
    for here, there in zip(ours(one, other), TorchNet(net, CPU)(one, other), strict=True):
        assert here.shape == there.shape
        assert np.allclose(here, there, atol=1e-5)
    assert work(tmp_path, "pair").flop == 2 * (4 * 6 * 8) * (3 * 3 * 3)


def test_a_weight_that_no_graph_asks_for_is_told(tmp_path):
    net = Pair()
    shape = (1, 3, 6, 8)
    export({"pair": net}, {"pair": {"one": shape, "other": shape}}, tmp_path / graphs.GRAPHS)
    save_file({**net.state_dict(), "other.weight": torch.ones(1)}, tmp_path / "pair.safetensors")
    with pytest.raises(ModelError, match="do not fit"):
        graphs.read(tmp_path, "pair")
    save_file({"conv.bias": torch.ones(4)}, tmp_path / "pair.safetensors")
    with pytest.raises(ModelError, match="do not fit"):
        graphs.read(tmp_path, "pair")


def test_a_copied_graph_computes_with_the_weights_beside_it(tmp_path):
    maps = {"one": (2, 3, 6, 8), "other": (2, 3, 6, 8)}
    export({"pair": Pair(), "more": Pair()}, {"pair": maps, "more": maps}, tmp_path / "theirs.zip")
    copy_graphs(tmp_path / "theirs.zip", ["pair"], tmp_path / graphs.GRAPHS)
    net = Pair()
    save_file(net.state_dict(), tmp_path / "pair.safetensors")
    ours = graphs.load(tmp_path, ["pair"], threads=1)["pair"]
    one, other = np.random.default_rng(3).random((2, 2, 3, 6, 8), dtype=np.float32)
    for here, there in zip(ours(one, other), TorchNet(net, CPU)(one, other), strict=True):
        assert np.allclose(here, there, atol=1e-5)
    with ZipFile(tmp_path / graphs.GRAPHS) as archive:
        assert archive.namelist() == ["pair.bin", "pair.xml"]


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
