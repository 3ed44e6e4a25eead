"""Reads the container files the way the tests ask about them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def compose() -> dict[str, Any]:
    """The whole compose file, anchors merged."""
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


def services() -> dict[str, dict[str, Any]]:
    """Every service by its name."""
    found = compose()["services"]
    assert isinstance(found, dict)
    return found


def instructions(stage: str | None = None) -> list[tuple[str, str]]:
    """Instructions of the Dockerfile as (name, rest), of one stage or of all."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    split = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    found, current = [], ""
    for name, rest in split:
        if name == "FROM":
            current = rest.split(" AS ")[-1]
        if stage in (None, current):
            found.append((name, " ".join(rest.split())))
    return found
