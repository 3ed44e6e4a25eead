"""What a report says of the model itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solver.model_folder import CARD, identify, read_config


@dataclass(frozen=True, slots=True)
class Card:
    """A model's facts, (name, value), and the text of its card."""

    facts: tuple[tuple[str, str], ...]
    text: str


def card_of(folder: Path) -> Card:
    """The card of a model folder; ModelError where it is none."""
    config, text = read_config(folder), folder / CARD
    weights = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    encoder = config.get("encoder", {})
    facts = {
        "id": identify(folder),
        "encoder": " ".join(
            str(encoder[key]) for key in ("kind", "architecture") if key in encoder
        ),
        "made from": config.get("lineage", {}).get("parent"),
        "weights": f"{weights / 1e6:.1f} MB",
    }
    shown = tuple((name, str(value)) for name, value in facts.items() if value)
    return Card(shown, text.read_text("utf-8") if text.exists() else "")
