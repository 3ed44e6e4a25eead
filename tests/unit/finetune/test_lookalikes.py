from dataclasses import replace

import numpy as np
import pytest

from solver.dataset import Dataset
from solver.finetune.folder import matcher_of
from solver.finetune.lookalikes import Lookalikes, mine
from solver.finetune.pairs import read_pairs
from solver.finetune.plan import never, silent
from solver.finetune.prepare import prepare
from solver.finetune.validation import confirmed
from solver.model import load
from solver.train.matching import Compared


@pytest.fixture(scope="module")
def model():
    return load(None, "cpu")


@pytest.fixture(scope="module")
def pairs(dataset, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare(Dataset(dataset.root, dataset.puzzles[:12], ()), model, folder, silent, never)
    return read_pairs(folder)


def test_no_puzzle_is_a_look_alike_of_one_with_its_own_drawing(pairs, model):
    icons = pairs.icons.copy()
    icons[5] = icons[3]
    alike = mine(replace(pairs, icons=icons), range(12), matcher_of(model))
    assert alike.near.shape == (12, 8)
    assert all(number not in row for number, row in enumerate(alike.near))
    assert 5 not in alike.near[3]
    assert 3 not in alike.near[5]
    apart = alike.apart(np.array([3, 5, 3, 0]))
    assert not apart[:3, :3].any()
    assert apart[3, :3].all()


def test_the_puzzles_of_a_step_follow_from_its_chance_alone():
    alike = Lookalikes(np.array([[1, 2], [0, 2], [0, 1], [0, 1]]), np.eye(4, dtype=np.float32))
    seen = [alike.choose(np.random.default_rng([0, step])) for step in range(60)]
    again = [alike.choose(np.random.default_rng([0, step])) for step in range(60)]
    assert all((one == other).all() for one, other in zip(seen, again, strict=True))
    assert {int(k) for step in seen for k in step} == {0, 1, 2, 3}


def test_the_icons_of_other_puzzles_are_negatives_where_they_differ():
    first, second, third = np.array([True, False]), np.array([False, True]), np.array([True])
    asked = [[first, second], [third]]
    compared = Compared.of(asked, np.array([[False, True], [False, False]]))
    # The planets are 0 to 4; 4 is the one asked for in the second puzzle.
    tiles = [(compared.planet[part].tolist(), compared.asked[part]) for part in compared.tiles]
    assert [planets for planets, _ in tiles] == [[0, 1, 4], [2, 3, 4], [4]]
    assert [truth.tolist() for _, truth in tiles] == [
        [True, False, False],
        [False, True, False],
        [True],
    ]
    alone = Compared.of(asked, None)
    assert [alone.planet[part].tolist() for part in alone.tiles] == [[0, 1], [2, 3], [4]]


def test_icons_are_sure_where_their_likeliest_planets_are_marked(pairs, model):
    assert len(confirmed(pairs, range(12), model.encoder)) >= 10
    moved = replace(pairs, asked=np.roll(pairs.asked, 1))
    assert not confirmed(moved, range(12), model.encoder)
