from dataclasses import replace

import numpy as np
import pytest

from solver import Solution, load_solver, picture
from solver.patches import patches
from solver.thumbnail import PATCH, WIDTH, thumbnail
from tests.unit.solver.pictures import puzzle, saved

#: Ten copies and a page must stay below 150 kB.
MOST = 11_000


@pytest.fixture(scope="module")
def solver():
    with load_solver(device="cpu") as loaded:
        yield loaded


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_a_thumbnail_shows_the_picture_and_weighs_little(solver, difficulty):
    whole = picture.decode(puzzle(0, difficulty).data)
    [solution] = solver.solve([puzzle(0, difficulty).data])
    data = thumbnail(whole, solution)
    small = picture.decode(data)
    assert small.shape == (200 + PATCH, WIDTH, 3)
    assert len(data) < MOST
    assert abs(small[:200].mean((0, 1)) - whole.mean((0, 1))).max() < 3


def test_below_a_thumbnail_are_the_icon_the_answer_and_the_runner_up(solver):
    whole = picture.decode(puzzle().data)
    [solution] = solver.solve([puzzle().data])
    below = picture.decode(thumbnail(whole, solution))[-PATCH:]
    for number, patch in enumerate(patches(whole, solution, PATCH)):
        shown = below[:, number * PATCH : (number + 1) * PATCH]
        assert abs(shown.astype(float) - patch).mean() < 12
    assert below[:, 3 * PATCH + 8 :].max() < 30


def test_an_icon_that_was_not_found_leaves_its_place_empty(solver):
    whole = picture.decode(puzzle().data)
    [solution] = solver.solve([puzzle().data])
    blind = replace(solution, seen=replace(solution.seen, icon_box=None))
    assert picture.decode(thumbnail(whole, blind))[-PATCH:, : PATCH - 8].max() < 30


def test_only_who_asks_for_thumbnails_gets_them_and_the_answers_are_the_same(solver):
    pictures = [puzzle().data, saved(np.full((400, 1000, 3), 255, np.uint8))]
    plain = solver.solve(pictures)
    [solution, failure] = solver.solve(pictures, thumbnails=True)
    assert isinstance(solution, Solution)
    assert solution.thumbnail == thumbnail(picture.decode(pictures[0]), plain[0])
    assert [replace(solution, thumbnail=None), failure] == plain
