"""Looks held out as whole kinds: never drawn for training, drawn all at once for measuring."""

import ast
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import solver.train
from solver.generate import Drawn, GenerateError, draw
from solver.generate.orbits import Orbits
from solver.generate.unseen import badges, grounds, hint, inks, marks, numerals, suns, themes

#: The axes of `truth.styles`, and the kinds of each that training never draws.
UNSEEN = {
    "theme": set(themes.KINDS),
    "ground": set(grounds.FIELDS),
    "orbits": set(marks.KINDS),
    "sun": {*suns.KINDS, "aside"},
    "planets": {*badges.KINDS, "mixed"},
    "icons": set(inks.KINDS),
    "hint": set(hint.PAPERS),
    "numeral": set(numerals.KINDS),
}

puzzles = st.tuples(
    st.integers(0, 1 << 62), st.integers(0, 1 << 20), st.sampled_from(("easy", "medium", "hard"))
)


@lru_cache(maxsize=32)
def held_out(arguments: tuple[int, int, str]) -> Drawn:
    return draw(*arguments, "all", "held-out")


def kinds(puzzle: Drawn) -> dict[str, str]:
    """The kind of every axis, orbit labels aside."""
    styles = puzzle.truth.styles
    return {axis: styles[axis].removesuffix("-labelled") for axis in UNSEEN}


@settings(max_examples=25)
@given(puzzles)
def test_every_axis_of_a_held_out_puzzle_is_of_a_held_out_kind(arguments):
    puzzle = held_out(arguments)
    assert all(kind in UNSEEN[axis] for axis, kind in kinds(puzzle).items())
    assert {planet.badge for planet in puzzle.truth.planets} <= set(badges.KINDS)
    assert puzzle.truth.styles["split"] == "held-out"


@settings(max_examples=25)
@given(puzzles)
def test_a_puzzle_for_training_shows_no_held_out_kind(arguments):
    puzzle = draw(*arguments, "train")
    assert not any(kind in UNSEEN[axis] - {"mixed"} for axis, kind in kinds(puzzle).items())
    assert not {planet.badge for planet in puzzle.truth.planets} & set(badges.KINDS)
    assert puzzle.truth.styles["split"] == "train"


@settings(max_examples=25)
@given(puzzles)
def test_the_truth_of_a_held_out_puzzle_is_as_exact_as_any(arguments):
    puzzle = held_out(arguments)
    truth = puzzle.truth
    targets = [planet for planet in truth.planets if planet.is_target]
    assert sorted(planet.tile for planet in targets) == [1, 2, 3, 4, 5]
    assert [p.tile for p in targets if p.rank == truth.digit] == [truth.answer]
    orbits = Orbits("", truth.centre, truth.radii, truth.ratio, truth.angle)
    points = np.array([(p.x - 200 * (p.tile - 1), p.y) for p in truth.planets])
    radii = [truth.radii[planet.rank - 1] for planet in truth.planets]
    np.testing.assert_allclose(orbits.distances(points), radii, atol=0.02)
    for box in (truth.digit_box, truth.icon_box):
        assert 0 <= box.x < box.x + box.width <= 200
        assert 200 <= box.y < box.y + box.height <= 400


@settings(max_examples=25)
@given(puzzles)
def test_the_digits_box_holds_ink_that_stands_out(arguments):
    puzzle = held_out(arguments)
    box, scale = puzzle.truth.digit_box, puzzle.truth.width / 1000
    left, top = int(box.x * scale), int(box.y * scale)
    right, bottom = int((box.x + box.width) * scale), int((box.y + box.height) * scale)
    inside = puzzle.picture[top : bottom + 1, left : right + 1].mean(2)
    assert np.ptp(inside) > 45
    assert box.height >= 20


def test_all_draws_every_axis_from_either_side():
    drawn = [draw(3, index, "easy", "train", "all") for index in range(24)]
    for axis, unseen in UNSEEN.items():
        sides = {kinds(puzzle)[axis] in unseen - {"mixed"} for puzzle in drawn}
        assert sides == {True, False}, axis
    assert {puzzle.truth.styles["split"] for puzzle in drawn} == {"all"}


def test_the_same_arguments_give_the_same_bytes_in_every_split():
    for split in ("held-out", "all"):
        first = draw(5, 3, "hard", "train", split)
        draw(6, 1, "easy", "held-out", "train")
        again = draw(5, 3, "hard", "train", split)
        assert (first.data, first.truth) == (again.data, again.truth)
        assert first.data != draw(5, 3, "hard", "train").data


@pytest.mark.parametrize(
    ("arguments", "puzzle", "planet", "greys"),
    [
        ((7, 0, "easy", "train"), (100009, 4, 1, "material-sharp/app_shortcut"), (837.146, 105.233),
         [39, 38, 32, 36, 37, 241, 255, 255, 255, 255]),
        ((7, 1, "medium", "held-out"), (100018, 1, 2, "phosphor/gas-can"), (824.076, 128.579),
         [116, 115, 117, 115, 113, 13, 0, 0, 0, 0]),
        ((7, 2, "hard", "all"), (100021, 4, 4, "mdi/hand-clap"), (811.717, 79.198),
         [198, 189, 179, 189, 178, 89, 191, 191, 191, 191]),
    ],
)  # fmt: skip
def test_the_same_arguments_still_draw_the_same_puzzles(arguments, puzzle, planet, greys):
    drawn = draw(*arguments)
    truth = drawn.truth
    assert (truth.id, truth.digit, truth.answer, truth.icon) == puzzle
    assert (truth.planets[-1].x, truth.planets[-1].y) == planet
    coarse = cv2.resize(drawn.picture, (5, 2), interpolation=cv2.INTER_AREA).mean(2).ravel()
    np.testing.assert_allclose(coarse, greys, atol=1)


def test_an_unknown_split_of_styles_is_refused_by_name():
    with pytest.raises(GenerateError, match="styles must be one of train, held-out, all"):
        draw(1, 1, "easy", "train", "mine")  # type: ignore[arg-type]


def _calls(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) == "draw" or getattr(node.func, "attr", None) == "draw")
    ]


#: Modules of `solver.train` that measure, or fit what is not trained, and the assets they draw.
OTHERS = {"report.py": "held-out", "perturb.py": "held-out", "examples.py": "calibration"}


def test_training_draws_neither_held_out_assets_nor_held_out_styles():
    # The tiles in `wild` are drawn without the generator's puzzles.
    sources = sorted(Path(solver.train.__path__[0]).glob("*.py"))
    sources = [path for path in sources if OTHERS.get(path.name) != "held-out"]
    calls = [(path, call) for path in sources for call in _calls(path)]
    assert calls
    for path, call in calls:
        assert len(call.args) == 4, f"{path.name} draws {ast.unparse(call)}"
        assert isinstance(call.args[3], ast.Constant), f"{path.name} draws {ast.unparse(call)}"
        assert call.args[3].value == OTHERS.get(path.name, "train"), ast.unparse(call)
        assert not call.keywords, f"{path.name} draws {ast.unparse(call)}"
    for path in sources:
        assert "generate.unseen" not in path.read_text(), f"{path.name} imports held-out styles"
