"""The way of a picture to its answer, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from solver import compare, digit, hint, planets
from solver.decision import Decision, decide
from solver.digit import Ocr
from solver.geometry import Geometry, fit, rank_probabilities
from solver.hint import Hint
from solver.layout import Layout, split
from solver.model import Model
from solver.nets.run import Floats
from solver.picture import Picture, decode
from solver.planets import Found
from solver.report import solution
from solver.solution import Solution


@dataclass(frozen=True, slots=True)
class Stages:
    """What every stage gave for one picture, on the normalised scale."""

    layout: Layout
    hint: Hint
    digits: Floats
    found: Found
    geometry: Geometry
    ranks: tuple[NDArray[Any], ...]
    similarities: tuple[Floats, ...]
    decision: Decision


def solve(data: bytes, model: Model, ocr: Ocr | None) -> Solution:
    """Solve the picture in the bytes of a file.

    Raises:
        PictureError: it cannot be read, or shows no puzzle.
    """
    return answer(run(decode(data), model, ocr))


def run(picture: Picture, model: Model, ocr: Ocr | None) -> Stages:
    """Run all stages in their order.

    Raises:
        PictureError: the picture is not laid out as a puzzle.
    """
    layout = split(picture)
    seen_hint = hint.find(model.hint, layout.hint, model.device)
    digits = digit.read(model.digit, layout.hint, seen_hint.digit_box, model.device, ocr)
    found = planets.find(model.finder, layout.tiles, model.device)
    geometry = fit(found.planets, found.ring_map, found.sun_map)
    ranks = tuple(rank_probabilities(geometry, tile.points) for tile in found.planets)
    alike = tuple(compare.similarities(model.encoder, layout, seen_hint, found.planets))
    scores = [tile.scores for tile in found.planets]
    decision = decide(digits, ranks, alike, scores, model.calibration)
    return Stages(layout, seen_hint, digits, found, geometry, ranks, alike, decision)


def answer(stages: Stages) -> Solution:
    """The solution in pixels of the input picture.

    Raises:
        PictureError: the picture shows no planets.
    """
    return solution(
        stages.layout,
        stages.hint,
        stages.digits,
        stages.found.planets,
        stages.geometry,
        stages.ranks,
        stages.similarities,
        stages.decision,
    )
