"""The labels of generated puzzles as Label Studio exports them, mistakes included when asked for.

Tasks follow dataset-format: a digit box in the hint, a `+` box in each tile, and for some puzzles
an `answer` choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from solver.generate.chance import Rng, maybe, pick
from solver.generate.truth import ORBITS, TILE, TILES, Box, TruePlanet, Truth

WIDTH, HEIGHT = TILES * TILE, 2 * TILE

#: Mistakes that people make, and how often each is the one.
FAULTS = {
    "wrong-digit": 3.0,
    "plus-on-wrong-planet": 4.0,
    "plus-missing": 2.0,
    "wrong-answer": 1.0,
    "cancelled": 1.0,
}


@dataclass(frozen=True, slots=True)
class Written:
    """What the labels of a puzzle say, right or wrong.

    `answer`: an explicit choice, or None. `cancelled`: an annotation that was cancelled stands
    beside the good one.
    """

    digit: int
    digit_box: Box
    targets: tuple[Box | None, ...]
    answer: int | None
    cancelled: bool = False


def write(rng: Rng, truth: Truth, label_noise: float) -> tuple[dict[str, Any], Truth]:
    """The puzzle's task, and its truth with the faults that were planted."""
    written = Written(
        truth.digit,
        _loosely(rng, truth.digit_box),
        truth.target_boxes,
        truth.answer if maybe(rng, 0.25) else None,
    )
    faults: tuple[str, ...] = ()
    if maybe(rng, label_noise):
        written, fault = _wrong(rng, truth, written)
        faults = (fault,)
    truth = replace(truth, faults=faults)
    return task(truth, written), truth


def task(truth: Truth, written: Written) -> dict[str, Any]:
    """A Label Studio task with its annotations."""
    regions = [_region(truth, written.digit_box, str(written.digit))]
    regions += [_region(truth, box, "+") for box in written.targets if box is not None]
    if written.answer is not None:
        regions.append(_choice(written.answer))
    annotations = [{"id": truth.id * 10, "was_cancelled": False, "result": regions}]
    if written.cancelled:
        cancelled = {"id": truth.id * 10 + 1, "was_cancelled": True, "result": regions[:2]}
        annotations.insert(0, cancelled)
    data = {"image": truth.image, "difficulty": truth.difficulty, "style": truth.styles["theme"]}
    return {"id": truth.id, "data": data, "annotations": annotations}


def _region(truth: Truth, box: Box, label: str) -> dict[str, Any]:
    value = {
        "x": round(100 * box.x / WIDTH, 4),
        "y": round(100 * box.y / HEIGHT, 4),
        "width": round(100 * box.width / WIDTH, 4),
        "height": round(100 * box.height / HEIGHT, 4),
        "rotation": 0,
        "rectanglelabels": [label],
    }
    return {
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": truth.width,
        "original_height": truth.height,
        "value": value,
    }


def _choice(answer: int) -> dict[str, Any]:
    return {
        "type": "choices",
        "from_name": "answer",
        "to_name": "image",
        "value": {"choices": [str(answer)]},
    }


def _loosely(rng: Rng, box: Box) -> Box:
    """The box as a person draws it: a px or two around."""
    left, top, right, bottom = (max(float(rng.normal(1.5, 1.2)), 0.0) for _ in range(4))
    x, y = max(box.x - left, 0.0), max(box.y - top, float(TILE))
    high = min(box.y + box.height + bottom, float(HEIGHT)) - y
    return Box(round(x, 3), round(y, 3), round(box.x + box.width + right - x, 3), round(high, 3))


def _wrong(rng: Rng, truth: Truth, written: Written) -> tuple[Written, str]:
    """The labels with one human mistake, and the mistake's name."""
    fault = pick(rng, tuple(FAULTS), tuple(FAULTS.values()))
    if fault == "wrong-digit":
        return replace(written, digit=_another(rng, truth.digit, ORBITS)), fault
    if fault == "wrong-answer":
        return replace(written, answer=_another(rng, truth.answer, TILES)), fault
    if fault == "cancelled":
        return replace(written, cancelled=True), fault
    tile = int(rng.integers(1, TILES + 1))
    if fault == "plus-missing":
        return _put(written, tile, None), fault
    return _put(written, tile, _around(_other_planet(rng, truth, tile))), fault


def _another(rng: Rng, value: int, last: int) -> int:
    return pick(rng, [other for other in range(1, last + 1) if other != value])


def _put(written: Written, tile: int, box: Box | None) -> Written:
    targets = (*written.targets[: tile - 1], box, *written.targets[tile:])
    return replace(written, targets=targets)


def _other_planet(rng: Rng, truth: Truth, tile: int) -> TruePlanet:
    # Of the others, so that the box is wrong: those that the right box does not hold.
    right = truth.target_boxes[tile - 1]
    others = [p for p in truth.planets if p.tile == tile and not p.is_target]
    return pick(rng, [p for p in others if not right.contains(p.x, p.y)] or others)


def _around(planet: TruePlanet) -> Box:
    left, reach = (planet.tile - 1) * TILE, planet.reach + 2
    x, y = max(planet.x - reach, left), max(planet.y - reach, 0.0)
    wide = min(planet.x + reach, left + TILE) - x
    return Box(round(x, 3), round(y, 3), round(wide, 3), round(min(planet.y + reach, TILE) - y, 3))
