import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from solver.generate import draw
from solver.train.degrade import degrade
from solver.train.finder import target_maps, varied
from solver.train.glyphs import bent_digit
from solver.train.hint_scenes import hint_scene
from solver.train.parts import PLANS, icon_pool, read_note, train_part
from solver.train.scenes import puzzle_scene
from solver.train.wild.tile import wild_tile

#: Share of the usual training: a few steps.
TINY = 0.0005


@pytest.fixture(scope="module")
def pool():
    return icon_pool()[::40]


@pytest.mark.parametrize("name", PLANS)
def test_every_part_trains_and_notes_how(name, tmp_path):
    threads = torch.get_num_threads()
    for part in ("narrow-encoder", name) if name == "encoder" else (name,):
        train_part(part, 3, TINY, tmp_path)
    torch.set_num_threads(threads)
    weights = load_file(tmp_path / f"{name}.safetensors")
    assert all(value.isfinite().all() for value in weights.values())
    assert read_note(tmp_path, name).steps in (2, 3)


def test_the_same_seed_trains_the_same_weights(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        train_part("digit", 5, TINY, tmp_path / folder)
    one, two = (load_file(tmp_path / folder / "digit.safetensors") for folder in ("one", "two"))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_puzzle_scene_agrees_with_the_truth():
    drawn = draw(3, 0, "easy", "train")
    scene = puzzle_scene(drawn)
    assert scene.hint.digit == drawn.truth.digit
    assert all(asked.sum() >= 1 for asked in scene.asked)
    for tile in scene.tiles:
        reach = np.hypot(*(tile.points - tile.centre).T)
        nearest = np.abs(reach[:, None] - tile.radii[None]).min(axis=1)
        assert np.median(nearest) < 12


def test_a_varied_tile_keeps_its_planets_on_their_orbits(pool):
    rng = np.random.default_rng(0)
    for _ in range(8):
        tile = varied(wild_tile(pool, rng), rng)
        maps = target_maps(tile)
        cells = np.clip(tile.points // 4, 0, 49).astype(int)
        assert (maps[0][cells[:, 1], cells[:, 0]] == 1).all()
        assert maps[4][cells[:, 1], cells[:, 0]].mean() > 0.4


def test_drawn_hints_hold_their_boxes(pool):
    rng = np.random.default_rng(1)
    for _ in range(10):
        scene = hint_scene(pool, rng)
        for box in (scene.digit_box, scene.icon_box):
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.width <= 200
            assert box.y + box.height <= 200
        assert max(scene.icon_box.width, scene.icon_box.height) < 1.2 * scene.icon_size


def test_digits_and_damage_are_the_same_for_the_same_seed():
    picture = np.full((40, 60, 3), 120, np.uint8)
    for seed in range(12):
        first, second = (np.random.default_rng(seed) for _ in range(2))
        assert np.array_equal(bent_digit(4, 30, first), bent_digit(4, 30, second))
        damaged = degrade(picture, first)
        assert damaged.shape == picture.shape
        assert damaged.dtype == np.uint8
        assert np.array_equal(damaged, degrade(picture, second))
