"""The way of a picture to its answer, stage by stage."""

from __future__ import annotations

from solver import compare, digit, hint, planets
from solver.decision import decide
from solver.digit import Ocr
from solver.geometry import fit, rank_probabilities
from solver.layout import split
from solver.model import Model
from solver.picture import Picture, decode
from solver.report import answer
from solver.solution import Solution
from solver.stages import Stages


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
