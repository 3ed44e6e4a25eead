from dataclasses import replace

import numpy as np
import pytest
import torch

from solver.encoders.clip import ClipConfig, ClipEncoder, Sight
from solver.encoders.polar import PolarEncoder
from solver.encoders.tower import load_tower
from solver.errors import DeviceError, ModelError
from solver.model import NETS, choose_device, load
from solver.model_folder import DEFAULT
from solver.nets import gpu
from solver.nets.accelerated import accelerated
from solver.nets.folder import load_net
from solver.nets.run import TorchNet
from solver.runtime import gpus
from solver.solve import Solver, side_by_side
from tests.unit.solver import clips
from tests.unit.solver.devices import DEVICES
from tests.unit.solver.pictures import puzzle
from tests.unit.solver.test_encoders import crops

CPU = torch.device("cpu")

#: How far a confidence may be from the CPU's runtime, and a point in pixels.
SURE_ALIKE, NEAR = 0.01, 0.1

#: Few at once: without a GPU half precision is slow.
FEW = {"finder": 10, "hint": 2, "digit": 10, "encoder": 32, "pair": 64}


@pytest.fixture(scope="module", params=DEVICES)
def device(request):
    return torch.device(request.param)


@pytest.fixture(scope="module")
def solver(device):
    nets = gpu.load(DEFAULT, (*NETS, "encoder", "pair"), device, FEW)
    encoder = PolarEncoder(nets.pop("encoder"), nets.pop("pair"))
    with Solver(replace(load(device="cpu"), encoder=encoder, **nets), None, 4) as made:
        yield made


def test_puzzles_have_the_answers_that_they_have_on_a_cpu(solver):
    asked = [puzzle(index, level).data for level in ("easy", "hard") for index in range(2)]
    with Solver(load(device="cpu"), None, 2) as reference:
        wanted = reference.solve(asked)
    for here, there in zip(solver.solve(asked), wanted, strict=True):
        assert (here.tile, here.digit) == (there.tile, there.digit)
        assert np.allclose(here.point, there.point, atol=NEAR)
        assert here.confidence == pytest.approx(there.confidence, abs=SURE_ALIKE)


def test_an_answer_hardly_depends_on_its_neighbours(solver):
    asked = [puzzle(index).data for index in range(2)]
    together = solver.solve(asked)
    for alone, among in zip((solver.solve([data])[0] for data in asked), together, strict=True):
        assert (alone.tile, alone.digit) == (among.tile, among.digit)
        assert alone.confidence == pytest.approx(among.confidence, abs=SURE_ALIKE)


def test_a_device_without_room_is_no_fault_of_the_picture(solver):
    def full(*_: object) -> tuple[np.ndarray, ...]:
        raise DeviceError("The device has no room for one picture at a time.")

    crammed = Solver(replace(solver.model, finder=full), None, 1)
    with crammed, pytest.raises(DeviceError, match="no room"):
        crammed.solve([puzzle(0).data])


def test_a_tower_sees_in_half_precision_what_it_sees_in_whole(device, tmp_path):
    clips.write_folder(tmp_path / "clip")
    whole = ClipEncoder(ClipConfig(checkpoint="clip"), CPU, tmp_path).features(crops(9)).numpy()
    sight = Sight(load_tower(ClipConfig(checkpoint="clip"), tmp_path))
    [half] = accelerated(sight, device, 4, crops(1))(crops(9))
    assert np.abs(half - whole).max() < 0.01 * np.abs(whole).max()


def test_a_clip_encoder_runs_wherever_there_is_a_device(device, tmp_path):
    clips.write_folder(tmp_path / "clip")
    encoder = ClipEncoder(ClipConfig(checkpoint="clip"), device, tmp_path)
    assert encoder.embed(crops()).shape == (4, 64)
    alike = encoder.likeness(crops(1), crops(3), lambda cosines: np.arange(len(cosines)))
    assert alike.argmax() == 0


def test_in_whole_precision_a_device_says_what_the_cpu_says(device):
    seen = np.random.default_rng(0).integers(0, 255, (3, 40, 40, 1), dtype=np.uint8)
    wanted = TorchNet(load_net(DEFAULT, "digit"), CPU)(seen)
    told = TorchNet(load_net(DEFAULT, "digit"), device)(seen)
    # Convolutions of a GPU take 10 bits of what they multiply, unless they are told otherwise.
    assert np.allclose(told, wanted, atol=1e-4 if device.type == "cpu" else 0.05)


def test_a_gpu_solves_more_pictures_side_by_side_than_there_are_processors_to_wait():
    assert side_by_side("cuda") == 16


def test_each_process_takes_a_gpu_of_its_own_while_there_are_enough(monkeypatch):
    monkeypatch.setattr(gpus, "_count", lambda: 4)
    for chosen, wanted in ((None, "01230"), ("2,3", "23232"), ("GPU-b", ["GPU-b"] * 5)):
        for number, name in enumerate(wanted):
            if chosen is None:
                monkeypatch.delenv(gpus.VISIBLE, raising=False)
            else:
                monkeypatch.setenv(gpus.VISIBLE, chosen)
            gpus.take(number)
            assert gpus.visible() == [name]


def test_without_a_driver_there_is_no_gpu_and_nothing_is_taken(monkeypatch):
    monkeypatch.setattr(gpus, "_count", lambda: 0)
    monkeypatch.setenv(gpus.VISIBLE, "0,1")
    gpus.take(1)
    assert gpus.visible() == []
    assert choose_device("auto") == "cpu"


def test_a_gpu_that_is_not_there_is_told():
    with pytest.raises(ModelError, match="no usable device cuda:99"):
        choose_device("cuda:99")
