import json
from dataclasses import replace

import numpy as np
import pytest

from solver import pipeline
from solver.dataset import Dataset
from solver.finetune.errors import Cancelled
from solver.finetune.hints import PICTURES
from solver.finetune.pairs import CROPS, VIEW, read_pairs
from solver.finetune.plan import never, silent
from solver.finetune.prepare import prepare
from solver.finetune.preparing import NOTES
from solver.model import load
from solver.picture import decode, read
from solver.solution import TILE, Box


@pytest.fixture(scope="module")
def model():
    return load(None, "cpu")


@pytest.fixture(scope="module")
def pairs(dataset, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare(Dataset(dataset.root, dataset.puzzles[:12], ()), model, folder, silent, never)
    return read_pairs(folder)


@pytest.fixture(scope="module")
def truths(puzzles):
    lines = (puzzles / "truth.jsonl").read_text().splitlines()
    return {str(truth["id"]): truth for truth in map(json.loads, lines)}


def planets(pairs, number, tile):
    rows = pairs.rows(number)
    of_tile = pairs.role[rows] == tile
    return pairs.place[rows][of_tile], pairs.asked[rows][of_tile]


def test_the_planet_at_each_plus_is_asked_for_and_no_other(pairs, truths):
    for number, name in enumerate(pairs.ids):
        targets = [planet for planet in truths[name]["planets"] if planet["is_target"]]
        for target in targets:
            place, asked = planets(pairs, number, target["tile"])
            assert asked.sum() == 1
            [x, y, _] = place[asked][0]
            assert np.hypot(x + TILE * (target["tile"] - 1) - target["x"], y - target["y"]) < 10


def test_the_other_planets_of_the_tile_are_its_negatives(pairs, truths):
    near = []
    for number, name in enumerate(pairs.ids):
        for planet in truths[name]["planets"]:
            place, asked = planets(pairs, number, planet["tile"])
            gaps = place[~asked][:, :2] - (planet["x"] % TILE, planet["y"])
            if not planet["is_target"]:
                near.append(np.linalg.norm(gaps, axis=1).min(initial=99) < 10)
    assert len(near) > 100
    assert np.mean(near) > 0.95


def test_crops_are_those_that_the_solver_looks_at(pairs, dataset, model):
    class Recorder:
        def __init__(self):
            self.seen = []

        def likeness(self, views, planets, choose):
            self.seen += [*views, *planets]
            return model.encoder.likeness(views, planets, choose)

    recorder = Recorder()
    picture = decode(read(dataset.path(dataset.puzzles[0])))
    pipeline.run(picture, replace(model, encoder=recorder), None)
    kept = {crop.tobytes() for crop in pairs.crops[pairs.rows(0)]}
    assert len(recorder.seen) > 20
    assert all(np.ascontiguousarray(crop).tobytes() in kept for crop in recorder.seen)


def test_every_puzzle_has_views_of_its_icon_the_smallest_first(pairs):
    for number in range(12):
        rows = pairs.rows(number)
        sizes = pairs.place[rows][pairs.role[rows] == VIEW][:, 2]
        assert len(sizes) >= 4
        assert (np.diff(sizes) > 0).all()


def test_a_tile_without_a_plus_teaches_nothing(dataset, model, tmp_path):
    first = dataset.puzzles[0]
    bare = replace(first, targets=(None, *first.targets[1:]))
    prepare(Dataset(dataset.root, (bare,), ()), model, tmp_path, silent, never)
    pairs = read_pairs(tmp_path)
    assert len(planets(pairs, 0, 1)[0]) == 0
    assert all(len(planets(pairs, 0, tile)[0]) for tile in range(2, 6))


def test_a_planet_that_was_not_found_is_cut_at_its_plus(dataset, model, tmp_path):
    first = dataset.puzzles[0]
    moved = Box(0.001, 0.001, 0.004, 0.01)  # a corner of tile 1 where nothing is
    odd = replace(first, targets=(moved, *first.targets[1:]))
    prepare(Dataset(dataset.root, (odd,), ()), model, tmp_path, silent, never)
    place, asked = planets(read_pairs(tmp_path), 0, 1)
    assert asked.sum() == 1
    assert place[asked][0][:2] == pytest.approx([3, 2.4], abs=0.1)


def test_a_picture_that_shows_no_puzzle_is_left_out_by_name(dataset, model, tmp_path):
    lost = replace(dataset.puzzles[0], id="lost", image="images/nowhere.jpg")
    both = Dataset(dataset.root, (lost, dataset.puzzles[1]), ())
    prepare(both, model, tmp_path, silent, never)
    pairs = read_pairs(tmp_path)
    assert pairs.ids == (dataset.puzzles[1].id,)
    assert list(pairs.left_out) == ["lost"]


def test_preparing_can_be_cancelled(dataset, model, tmp_path):
    with pytest.raises(Cancelled):
        prepare(dataset, model, tmp_path, silent, lambda: True)


def test_a_run_that_was_killed_in_the_middle_of_a_write_goes_on_there(
    dataset, model, pairs, tmp_path
):
    some = Dataset(dataset.root, dataset.puzzles[:12], ())
    told = []

    def die(step):
        told.append(step.done)
        if step.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(some, model, tmp_path, die, never)
    for name, half in ((CROPS, b"half a crop"), (PICTURES, b"half a hint"), (NOTES, b'{"id": "')):
        with (tmp_path / name).open("ab") as file:
            file.write(half)
    prepare(some, model, tmp_path, lambda step: told.append(step.done), never)
    again = read_pairs(tmp_path)
    assert told == list(range(1, 13))
    assert not (tmp_path / NOTES).exists()
    assert (again.ids, again.pictures) == (pairs.ids, pairs.pictures)
    for name in ("crops", "role", "asked", "place", "starts", "icons"):
        assert getattr(again, name).tobytes() == getattr(pairs, name).tobytes()


def test_what_was_prepared_of_other_puzzles_is_not_gone_on_with(dataset, model, pairs, tmp_path):
    first, *others = dataset.puzzles[:12]
    with pytest.raises(KeyboardInterrupt):
        prepare(Dataset(dataset.root, (others[0], first), ()), model, tmp_path, interrupt, never)
    prepare(Dataset(dataset.root, (first,), ()), model, tmp_path, silent, never)
    again = read_pairs(tmp_path)
    assert again.ids == (first.id,)
    assert again.crops.tobytes() == pairs.crops[pairs.rows(0)].tobytes()


def interrupt(_):
    raise KeyboardInterrupt
