"""Where models lie and what they are called; light, for who only lists them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from solver.errors import ModelError

#: The model that ships with the package.
DEFAULT = Path(__file__).parent / "weights" / "small"

CONFIG, CARD = "config.json", "card.md"

#: What makes a model the one it is, by patterns of file names.
HASHED = (CONFIG, "*.safetensors", "open_clip_config.json")

#: Version of the layout of `config.json`.
FORMAT = 1


def find(ref: str | Path | None) -> Path:
    """The folder of a model.

    Raises:
        ModelError: there is none.
    """
    if ref is None:
        return _existing(DEFAULT, "The package is installed without its weights: reinstall it.")
    shipped = DEFAULT.parent / str(ref).split("@", maxsplit=1)[0]
    if (shipped / CONFIG).exists() and str(ref) in (shipped.name, identify(shipped)):
        return shipped
    advice = "Give the folder of a model, or leave --model out for the one that ships."
    return _existing(Path(ref), advice)


def read_config(folder: Path) -> dict[str, Any]:
    """The config of a model folder.

    Raises:
        ModelError: it is missing, no JSON, or of a newer format.
    """
    path = folder / CONFIG
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} cannot be read as JSON ({error}). Export the model again."
        ) from error
    if not isinstance(config, dict) or config.get("format") != FORMAT or "name" not in config:
        message = f"{path} is no model config of format {FORMAT}. Export it with this version."
        raise ModelError(message)
    return config


def identify(folder: Path) -> str:
    """`name@hash` of a model folder; the hash covers config and weights, not the card."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in HASHED for path in folder.rglob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{read_config(folder)['name']}@{digest.hexdigest()[:12]}"


def _existing(folder: Path, advice: str) -> Path:
    if not (folder / CONFIG).is_file():
        raise ModelError(f"There is no model at {folder} (no {CONFIG}). {advice}")
    return folder
