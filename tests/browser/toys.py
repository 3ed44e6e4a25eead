"""Toy puzzles: pictures that carry their own answer, for a solver that only reads it out."""

import io
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from solver.solution import Box, Failure, Planet, Seen, Solution, seen_from_json, seen_to_json

#: The text in the picture that holds its answer.
FIELD = "toy"
ORBITS = (22.0, 40.0, 58.0, 76.0, 94.0)
SEEN_SIZE = (1000, 400)
GROUND, LINE, BODY = (16, 24, 48), (70, 84, 120), (226, 196, 120)


@dataclass(frozen=True, slots=True)
class Toy:
    """What a toy says of itself; `gate`: a file that its solver waits for."""

    tile: int = 4
    digit: int = 3
    confidence: float = 0.98
    error: str | None = None
    gate: str | None = None


def draw(toy: Toy) -> bytes:
    """The toy as a PNG of 1000 by 400 pixels."""
    seen = _seen(toy)
    picture = Image.new("RGB", seen.size, GROUND)
    pen = ImageDraw.Draw(picture)
    for tile in range(5):
        for radius in ORBITS:
            pen.circle((200 * tile + 100, 100), radius, outline=LINE)
        pen.circle((200 * tile + 100, 100), 8, fill=(255, 214, 80))
    for planet in seen.planets:
        pen.circle((planet.x, planet.y), planet.size / 2, fill=BODY)
    pen.rectangle((0, 200, 200, 400), fill="white")
    pen.text((30, 260), str(toy.digit), fill="black", font_size=60)
    pen.circle((130, 300), 30, fill="black")
    told = PngInfo()
    told.add_text(FIELD, json.dumps(_json(toy, seen)))
    data = io.BytesIO()
    picture.save(data, "PNG", pnginfo=told)
    return data.getvalue()


def answer(data: bytes) -> Solution | Failure:
    """What a toy says of itself, once its gate is open."""
    with Image.open(io.BytesIO(data)) as picture:
        told: dict[str, Any] = json.loads(picture.info[FIELD])
    if told["error"]:
        return Failure("not_a_puzzle", told["error"])
    seen = seen_from_json(told["seen"])
    tile = told["tile"]
    chosen = next(p for p in seen.planets if p.tile == tile and p.match_probability > 0.5)
    return Solution(tile, (chosen.x, chosen.y), told["digit"], told["confidence"], seen)


def icons(toy: Toy) -> list[tuple[float, float]]:
    """Where the icon asked for is in each tile."""
    return [(it.x, it.y) for it in _seen(toy).planets if it.match_probability > 0.5]


def gate(data: bytes) -> Path | None:
    """The file that a toy's solver waits for."""
    with Image.open(io.BytesIO(data)) as picture:
        name = json.loads(picture.info[FIELD])["gate"]
    return Path(name) if name else None


def _json(toy: Toy, seen: Seen) -> dict[str, Any]:
    names = ("tile", "digit", "confidence", "error", "gate")
    return {name: getattr(toy, name) for name in names} | {"seen": seen_to_json(seen)}


def _seen(toy: Toy) -> Seen:
    """Planets on all orbits; in the answer's tile the icon is on the orbit asked for."""
    planets = tuple(_planet(toy, tile, rank) for tile in range(1, 6) for rank in range(1, 6))
    second = toy.tile % 5 + 1
    rest = 1 - toy.confidence
    shares = [rest / 8] * 5
    shares[toy.tile - 1], shares[second - 1] = toy.confidence, 5 * rest / 8
    digits = [rest / 4] * 5
    digits[toy.digit - 1] = toy.confidence
    return Seen(
        size=SEEN_SIZE,
        digit_probabilities=tuple(digits),
        digit_box=Box(28, 262, 38, 56),
        icon_box=Box(100, 270, 60, 60),
        centre=(100.0, 100.0),
        orbits=ORBITS,
        ellipse=(1.0, 0.0),
        planets=planets,
        tile_probabilities=tuple(shares),
        runner_up=second,
    )


def _planet(toy: Toy, tile: int, rank: int) -> Planet:
    turn = 1.9 * rank + 0.7 * tile
    radius = ORBITS[rank - 1]
    here = toy.digit if tile == toy.tile else toy.digit % 5 + 1
    likeness = 0.93 if rank == here else 0.004 * rank
    planet = Planet(tile, 0.0, 0.0, 16.0, 0.97, rank, 0.96, likeness, likeness)
    x = 200 * (tile - 1) + 100 + radius * math.cos(turn)
    return replace(planet, x=round(x, 2), y=round(100 + radius * math.sin(turn), 2))
