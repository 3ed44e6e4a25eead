"""The way of a picture to its answer, stage by stage."""

from __future__ import annotations

from dataclasses import replace

from solver import compare, digit, hint, planets
from solver.decision import decide
from solver.digit import Ocr
from solver.geometry import fit, rank_probabilities
from solver.known import NOTHING, Known
from solver.layout import split
from solver.model import Model
from solver.picture import Picture, decode
from solver.report import answer
from solver.solution import Solution
from solver.stages import Stages
from solver.thumbnail import thumbnail


def solve(data: bytes, model: Model, ocr: Ocr | None, *, with_thumbnail: bool = False) -> Solution:
    """Solve the picture in the bytes of a file.

    Raises:
        PictureError: it cannot be read, or shows no puzzle.
    """
    picture = decode(data)
    solution = answer(run(picture, model, ocr))
    return replace(solution, thumbnail=thumbnail(picture, solution)) if with_thumbnail else solution


def run(picture: Picture, model: Model, ocr: Ocr | None, known: Known = NOTHING) -> Stages:
    """Run all stages in their order, save those whose result is `known`.

    Raises:
        PictureError: the picture is not laid out as a puzzle.
    """
    layout = split(picture)
    seen_hint = known.hint or hint.find(model.hint, layout.hint)
    digits = known.digits
    if digits is None:
        digits = digit.read(model.digit, layout.hint, seen_hint.digit_box, ocr)
    found = known.found or planets.find(model.finder, layout.tiles)
    geometry = known.geometry or fit(found.planets, found.ring_map, found.sun_map)
    ranks, alike = known.ranks, known.similarities
    if ranks is None:
        ranks = [rank_probabilities(geometry, tile.points) for tile in found.planets]
    if alike is None:
        alike = compare.similarities(model.encoder, layout, seen_hint, found.planets)
    scores = [tile.scores for tile in found.planets]
    decision = decide(digits, ranks, alike, scores, model.calibration)
    return Stages(layout, seen_hint, digits, found, geometry, tuple(ranks), tuple(alike), decision)
