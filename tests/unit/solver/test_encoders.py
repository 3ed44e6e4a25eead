import cv2
import numpy as np
import pytest
import torch

from solver.encoders.polar import PolarEncoder
from solver.nets.polar import PolarNet
from solver.nets.run import TorchNet

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def polar() -> PolarEncoder:
    torch.manual_seed(0)
    return PolarEncoder(TorchNet(PolarNet(12, 16), CPU))


def crops(count: int = 4, side: int = 64) -> np.ndarray:
    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (count, 7, 7, 3), dtype=np.uint8)
    return np.stack([cv2.resize(s, (side, side), interpolation=cv2.INTER_CUBIC) for s in small])


def turned(crop: np.ndarray, degrees: float) -> np.ndarray:
    middle = (crop.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), degrees, 1.0)
    return cv2.warpAffine(crop, matrix, crop.shape[:2], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("degrees", [11.25, 45, 90, 123.75, 180, 270, 337.5])
def test_a_turned_crop_is_as_similar_to_itself_as_an_upright_one(polar, degrees):
    crop = crops(1)[0]
    wanted = polar.embed_hint(crop[None])
    [[same]] = polar.similarity(wanted, polar.embed(crop[None]))
    [[rotated]] = polar.similarity(wanted, polar.embed(turned(crop, degrees)[None]))
    assert same == pytest.approx(1.0, abs=1e-4)
    assert rotated > 0.985


def test_turning_by_a_whole_step_only_shifts_the_embedding(polar):
    crop = crops(1)[0]
    upright, quarter = polar.embed(crop[None])[0], polar.embed(np.rot90(crop)[None])[0]
    # A quarter turn counter-clockwise moves every angle a quarter of the circle back.
    assert np.allclose(np.roll(upright, -upright.shape[-1] // 4, axis=-1), quarter, atol=2e-3)


def test_no_planets_have_no_similarities(polar):
    none = polar.embed(crops(0 + 1)[:0])
    assert polar.similarity(polar.embed_hint(crops(1)), none).shape == (1, 0)
