import json

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from solver.encoders.clip import ClipConfig, ClipEncoder
from solver.encoders.polar import PolarEncoder
from solver.errors import ModelError
from solver.model import load
from solver.nets.polar import PolarNet
from solver.nets.run import TorchNet
from solver.solve import Solver
from tests.unit.solver.models import untrained
from tests.unit.solver.pictures import puzzle

CPU = torch.device("cpu")

#: A CLIP of its own shape, small enough to build in a test.
SMALL_CLIP = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "patch_size": 8, "head_width": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 2, "layers": 1},
}


@pytest.fixture(scope="module")
def polar() -> PolarEncoder:
    torch.manual_seed(0)
    return PolarEncoder(TorchNet(PolarNet(12, 16), CPU))


@pytest.fixture
def clip_folder(tmp_path):
    """A folder as open_clip writes it: its config and weights as safetensors."""
    import open_clip
    from open_clip.model import CLIP

    torch.manual_seed(0)
    model = CLIP(**SMALL_CLIP)
    folder = tmp_path / "clip"
    folder.mkdir()
    preprocess = {"mean": [0.5] * 3, "std": [0.25] * 3, "size": [32, 32]}
    config = {"model_cfg": SMALL_CLIP, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    assert open_clip.__version__
    return folder


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


def test_clip_is_loaded_from_a_folder_with_its_own_preprocessing(clip_folder):
    which = ClipConfig(checkpoint=clip_folder.name)
    encoder = ClipEncoder(which, CPU, clip_folder.parent)
    embeddings = encoder.embed(crops())
    assert embeddings.shape == (4, 64)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(4), atol=1e-5)
    similarity = encoder.similarity(encoder.embed_hint(crops()[:1]), embeddings)
    assert similarity.argmax() == 0
    prepared = encoder._prepared(np.full((1, 64, 64, 3), 255, np.uint8))
    assert prepared.shape == (1, 3, 32, 32)
    assert torch.allclose(prepared, torch.full_like(prepared, 2.0), atol=1e-4)


def test_clip_is_loaded_from_a_checkpoint_of_a_known_architecture(tmp_path):
    import open_clip

    torch.manual_seed(0)
    model = open_clip.create_model("ViT-B-32", load_weights=False)
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, tmp_path / "weights.safetensors")
    encoder = ClipEncoder(ClipConfig("ViT-B-32", checkpoint="weights.safetensors"), CPU, tmp_path)
    stored = weights["visual.conv1.weight"]
    assert torch.equal(encoder.tower.conv1.weight, stored)
    assert encoder.head.weight.shape == (64, 512)
    assert encoder.embed(crops(1)).shape == (1, 64)


def test_a_model_folder_can_ask_for_clip(clip_folder):
    encoder = {"kind": "clip", "architecture": "small", "checkpoint": "clip"}
    folder = untrained(clip_folder.parent, encoder=encoder)
    model = load(folder, "cpu")
    assert isinstance(model.encoder, ClipEncoder)
    with Solver(model, None, threads=1) as solver:
        [outcome] = solver.solve([puzzle().data])
    assert outcome is not None


@pytest.mark.parametrize(
    "which",
    [
        ClipConfig("No-Such-Net"),
        ClipConfig("ViT-B-32", checkpoint="nowhere.safetensors"),
        ClipConfig("ViT-B-32", pretrained="no_such_tag"),
    ],
)
def test_a_clip_that_cannot_be_had_is_named(which, tmp_path):
    with pytest.raises(ModelError, match=which.checkpoint or which.pretrained or "No-Such-Net"):
        ClipEncoder(which, CPU, tmp_path)


def test_a_pickle_is_never_trusted(tmp_path):
    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('unpickled')",))

    torch.save({"state_dict": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(ModelError, match=r"trap\.pt"):
        ClipEncoder(ClipConfig("ViT-B-32", checkpoint="trap.pt"), CPU, tmp_path)
