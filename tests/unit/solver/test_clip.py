import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from solver.encoders.clip import BATCH, ClipConfig, ClipEncoder, Sight
from solver.encoders.tower import hash_tower, load_tower, save_tower, stored
from solver.errors import ModelError
from solver.model import load
from solver.model_folder import identify
from solver.nets.run import as_batch
from solver.solve import Solver
from tests.unit.solver import clips
from tests.unit.solver.models import untrained
from tests.unit.solver.pictures import puzzle
from tests.unit.solver.test_encoders import crops

CPU = torch.device("cpu")


@pytest.fixture
def clip_folder(tmp_path):
    return clips.write_folder(tmp_path / "clip")


@pytest.fixture
def architecture(tmp_path):
    return clips.register(tmp_path)


def test_clip_is_loaded_from_a_folder_with_its_own_preprocessing(clip_folder):
    encoder = ClipEncoder(ClipConfig(checkpoint="clip"), CPU, clip_folder.parent)
    embeddings = encoder.embed(crops())
    assert embeddings.shape == (4, 64)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(4), atol=1e-5)
    similarity = (encoder.embed(crops()[:1]) @ embeddings.T).numpy()
    assert similarity.argmax() == 0
    prepared = Sight(encoder.source).prepared(as_batch(np.full((1, 64, 64, 3), 255, np.uint8), CPU))
    assert prepared.shape == (1, 3, 32, 32)
    assert torch.allclose(prepared, torch.full_like(prepared, 2.0), atol=1e-4)


@pytest.mark.parametrize("size", [32, 224])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_a_crop_is_prepared_as_open_clip_itself_does(clip_folder, size, interpolation):
    from open_clip.transform import PreprocessCfg, image_transform_v2

    shape = {**clips.SHAPE, "vision_cfg": {**clips.SHAPE["vision_cfg"], "image_size": size}}
    preprocess = {"interpolation": interpolation}
    config = {"model_cfg": shape, "preprocess_cfg": preprocess}
    (clip_folder / "open_clip_config.json").write_text(json.dumps(config))
    sight = Sight(load_tower(ClipConfig(checkpoint="clip"), clip_folder.parent))
    transform = image_transform_v2(PreprocessCfg(size=size, **preprocess), is_train=False)
    wanted = torch.stack([transform(Image.fromarray(crop)) for crop in crops()])
    # Pillow rounds once more between its two passes: two steps of 1/255 at most.
    assert (sight.prepared(as_batch(crops(), CPU)) - wanted).abs().max() < 2.1 / 255 / 0.26


def saved_safely(path, weights):
    save_file(weights, path)


def saved_by_torch(path, weights):
    torch.save(weights, path)


def saved_by_a_trainer(path, weights):
    torch.save({"epoch": 3, "state_dict": {f"module.{n}": v for n, v in weights.items()}}, path)


def saved_long_ago(path, weights):
    torch.save(weights, path, _use_new_zipfile_serialization=False)


def saved_alone(path, weights):
    tower = {n.removeprefix("visual."): v for n, v in weights.items() if n.startswith("visual.")}
    save_file(tower, path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("whole.safetensors", saved_safely),
        ("tower.safetensors", saved_alone),
        ("weights.bin", saved_by_torch),
        ("epoch_3.pt", saved_by_a_trainer),
        ("old.pt", saved_long_ago),
    ],
)
def test_every_kind_of_checkpoint_gives_the_same_tower(architecture, tmp_path, name, write):
    write(tmp_path / name, clips.weights())
    encoder = ClipEncoder(ClipConfig(architecture, checkpoint=name), CPU, tmp_path)
    whole = clips.weights()
    for key, value in encoder.source.net.state_dict().items():
        assert torch.equal(value, whole[f"visual.{key}"])
    assert encoder.head.weight.shape == (64, 128)


def test_the_published_shape_is_known_by_its_name():
    encoder = ClipEncoder(ClipConfig("ViT-B-32"), CPU)
    assert encoder.head.weight.shape == (64, 512)
    assert encoder.head.bias is None
    assert encoder.source.preprocess["size"] in (224, (224, 224))


def test_the_text_tower_costs_neither_time_nor_memory(tmp_path):
    text = {**clips.SHAPE["text_cfg"], "vocab_size": 1_000_000, "width": 512}
    folder = clips.write_folder(tmp_path / "clip")
    config = {"model_cfg": {**clips.SHAPE, "text_cfg": text}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    code = (
        "import resource, sys, torch, open_clip\n"
        "from pathlib import Path\n"
        "from solver.encoders.clip import ClipConfig, ClipEncoder\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before = peak()\n"
        "ClipEncoder(ClipConfig(checkpoint='clip'), torch.device('cpu'), Path(sys.argv[1]))\n"
        "print(peak() - before)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert float(shown.stdout) < 200  # the text tower alone would take 2,000 MB


def test_crops_are_embedded_alike_alone_and_among_many(clip_folder):
    encoder = ClipEncoder(ClipConfig(checkpoint="clip"), CPU, clip_folder.parent)
    many = crops(BATCH + 5)
    alone = torch.cat([encoder.embed(crop[None]) for crop in many])
    assert torch.allclose(encoder.embed(many), alone, atol=1e-5)
    assert encoder.embed(many[:0]).shape == (0, 64)


def test_a_saved_tower_comes_back_as_it_was_stored(architecture, tmp_path):
    save_file(clips.weights(), tmp_path / "whole.safetensors")
    tower = stored(load_tower(ClipConfig(architecture, checkpoint="whole.safetensors"), tmp_path))
    save_tower(tower, tmp_path / "saved")
    assert hash_tower(load_tower(ClipConfig(checkpoint="saved"), tmp_path)) == hash_tower(tower)


def test_a_model_folder_can_ask_for_clip(clip_folder):
    encoder = {"kind": "clip", "architecture": "small", "checkpoint": "clip"}
    folder = untrained(clip_folder.parent, encoder=encoder)
    model = load(folder, "cpu")
    assert isinstance(model.encoder, ClipEncoder)
    with Solver(model, None, threads=1) as solver:
        [outcome] = solver.solve([puzzle().data])
    assert outcome is not None


def test_the_id_of_a_model_follows_its_tower_in_weights_and_shape(clip_folder):
    encoder = {"kind": "clip", "architecture": "small", "checkpoint": "clip"}
    folder = untrained(clip_folder.parent, encoder=encoder)
    first = identify(folder)
    layout = clip_folder / "open_clip_config.json"
    layout.write_text(layout.read_text().replace("0.25", "0.26"))
    assert identify(folder) != first


@pytest.mark.parametrize(
    ("which", "says"),
    [
        (ClipConfig("No-Such-Net"), "No-Such-Net"),
        (ClipConfig("ViT-B-32", checkpoint="nowhere.safetensors"), r"nowhere\.safetensors"),
        (ClipConfig("ViT-B-32", pretrained="no_such_tag"), "no_such_tag.*openai"),
    ],
)
def test_a_clip_that_cannot_be_had_is_named(which, says, tmp_path):
    with pytest.raises(ModelError, match=says):
        ClipEncoder(which, CPU, tmp_path)


def test_a_checkpoint_of_another_architecture_is_refused(architecture, tmp_path):
    save_file({"visual.proj": torch.zeros(3, 3)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=r"other\.safetensors holds no weights of this"):
        ClipEncoder(ClipConfig(architecture, checkpoint="other.safetensors"), CPU, tmp_path)


def test_a_folder_without_weights_is_refused(clip_folder):
    (clip_folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(ModelError, match="holds no weights"):
        ClipEncoder(ClipConfig(checkpoint="clip"), CPU, clip_folder.parent)


def test_a_pickle_is_never_trusted(tmp_path):
    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('unpickled')",))

    torch.save({"state_dict": Trap()}, tmp_path / "trap.pt")
    with pytest.raises(ModelError, match=r"trap\.pt"):
        ClipEncoder(ClipConfig("ViT-B-32", checkpoint="trap.pt"), CPU, tmp_path)
