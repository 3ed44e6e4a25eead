"""Small CLIP models with random weights, as real checkpoints of a real architecture."""

import json
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import save_file

#: A CLIP of its own shape, small enough to build in a test.
SHAPE = {
    "embed_dim": 128,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 128, "patch_size": 8, "head_width": 32},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 2, "layers": 1},
}

#: What open_clip calls it once `register` was called.
NAME = "tiny-clip"


def register(folder: Path) -> str:
    """Make the shape an architecture that open_clip knows by name."""
    import open_clip

    path = folder / f"{NAME}.json"
    path.write_text(json.dumps(SHAPE))
    open_clip.add_model_config(path)
    return NAME


@cache
def weights() -> dict[str, torch.Tensor]:
    """The weights of the whole model, both towers."""
    from open_clip.model import CLIP

    torch.manual_seed(0)
    return {name: value.contiguous() for name, value in CLIP(**SHAPE).state_dict().items()}


def write_folder(folder: Path) -> Path:
    """A folder as open_clip writes it: its config, and weights as safetensors."""
    folder.mkdir()
    preprocess = {"mean": [0.5] * 3, "std": [0.25] * 3, "size": [32, 32]}
    config = {"model_cfg": SHAPE, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    save_file(weights(), folder / "open_clip_model.safetensors")
    return folder
