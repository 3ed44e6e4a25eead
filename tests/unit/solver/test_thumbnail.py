from dataclasses import replace

import numpy as np
import pytest

from solver import Solution, load_solver, picture
from solver.thumbnail import WIDTH, thumbnail
from tests.unit.solver.pictures import puzzle, saved, scene

#: Twelve copies and a page must stay below 150 kB.
MOST = 10_000


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_a_thumbnail_shows_the_picture_and_weighs_little(difficulty):
    whole = picture.decode(puzzle(0, difficulty).data)
    data = thumbnail(whole)
    small = picture.decode(data)
    assert small.shape == (200, WIDTH, 3)
    assert len(data) < MOST
    assert abs(small.mean((0, 1)) - whole.mean((0, 1))).max() < 3


def test_a_thumbnail_is_never_larger_than_its_picture():
    assert picture.decode(thumbnail(scene(300, 120))).shape == (120, 300, 3)


def test_only_who_asks_for_thumbnails_gets_them_and_the_answers_are_the_same():
    pictures = [puzzle().data, saved(np.full((400, 1000, 3), 255, np.uint8))]
    with load_solver(device="cpu") as solver:
        plain = solver.solve(pictures)
        [solution, failure] = solver.solve(pictures, thumbnails=True)
    assert isinstance(solution, Solution)
    assert solution.thumbnail == thumbnail(picture.decode(pictures[0]))
    assert [replace(solution, thumbnail=None), failure] == plain
