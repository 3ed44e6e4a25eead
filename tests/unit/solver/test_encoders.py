import cv2
import numpy as np
import pytest
import torch

from solver.encoders.polar import PolarEncoder, correlation
from solver.nets.polar import PairNet, PolarNet
from solver.nets.run import TorchNet

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def net() -> TorchNet:
    torch.manual_seed(0)
    return TorchNet(PolarNet(12, 16, 8), CPU)


@pytest.fixture(scope="module")
def polar(net) -> PolarEncoder:
    torch.manual_seed(1)
    return PolarEncoder(net, TorchNet(PairNet(8, 12), CPU))


def all_views(similarity: np.ndarray) -> np.ndarray:
    return np.arange(len(similarity))


def crops(count: int = 4, side: int = 64) -> np.ndarray:
    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (count, 7, 7, 3), dtype=np.uint8)
    return np.stack([cv2.resize(s, (side, side), interpolation=cv2.INTER_CUBIC) for s in small])


def turned(crop: np.ndarray, degrees: float) -> np.ndarray:
    middle = (crop.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), degrees, 1.0)
    return cv2.warpAffine(crop, matrix, crop.shape[:2], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("degrees", [11.25, 45, 90, 123.75, 180, 270, 337.5])
def test_a_turned_crop_is_as_similar_to_itself_as_an_upright_one(net, degrees):
    crop = crops(1)[0]
    upright, rotated = (net(view[None])[0] for view in (crop, turned(crop, degrees)))
    assert correlation(upright, upright).max() == pytest.approx(1.0, abs=1e-4)
    assert correlation(upright, rotated).max() > 0.985


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_likeness_does_not_change_when_planets_turn_by_whole_steps(polar, quarters):
    hint, planets = crops(2)[:1], crops(6)[2:]
    upright = polar.likeness(hint, planets, all_views)
    rotated = polar.likeness(hint, np.rot90(planets, quarters, axes=(1, 2)), all_views)
    assert np.allclose(upright, rotated, atol=5e-3)


def test_turning_by_a_whole_step_only_shifts_rings_and_details(net):
    crop = crops(1)[0]
    for upright, quarter in zip(net(crop[None]), net(np.rot90(crop)[None]), strict=True):
        # A quarter turn counter-clockwise moves every angle a quarter of the circle back.
        shifted = np.roll(upright, -upright.shape[-1] // 4, axis=-1)
        assert np.allclose(shifted, quarter, atol=5e-3)


def test_correlation_is_the_cosine_of_each_rolled_view_and_each_crop(net):
    views, planets = net(crops(2))[0], net(crops(5)[2:])[0]
    found = correlation(views, planets)
    for step in (0, 5, 31):
        rolled = np.roll(views, step, axis=2).reshape(2, -1)
        assert np.allclose(found[step], rolled @ planets.reshape(3, -1).T, atol=1e-5)


def test_the_likeness_of_a_planet_does_not_depend_on_the_others(polar):
    hint, planets = crops(2), crops(5)
    alone = [polar.likeness(hint, planet[None], all_views)[0] for planet in planets]
    assert np.allclose(polar.likeness(hint, planets, all_views), alone, atol=1e-5)


def test_no_planets_have_no_likeness(polar):
    assert polar.likeness(crops(1), crops(1)[:0], all_views).shape == (0,)
