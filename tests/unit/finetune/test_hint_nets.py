from dataclasses import replace

import numpy as np
import pytest
import torch

from solver.dataset import Dataset
from solver.finetune.folder import net_of
from solver.finetune.hint_finder import hint_lesson
from solver.finetune.hints import read_hints
from solver.finetune.loop import learn, read_course, read_weights
from solver.finetune.plan import Plan, never, silent
from solver.finetune.prepare import prepare
from solver.finetune.reader import reader_lesson
from solver.finetune.split import Sides
from solver.model import load
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder
from solver.train.hint_maps import hint_loss, target_maps

TRAIN, HELD_BACK = tuple(range(9)), (9, 10, 11)
SIDES = Sides(TRAIN, HELD_BACK, (), 12)


@pytest.fixture(scope="module")
def model():
    return load(None, "cpu")


@pytest.fixture(scope="module")
def some(dataset):
    return Dataset(dataset.root, dataset.puzzles[:12], ())


@pytest.fixture(scope="module")
def hints(some, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    prepare(some, model, folder, silent, never)
    return read_hints(folder)


@pytest.fixture
def reader(model):
    return net_of(model, "digit", DigitNet)


def learn_digits(hints, net, folder):
    learn("digit", reader_lesson(hints, SIDES, net, Plan()), folder, 0, silent, never)
    return [epoch.validation for epoch in read_course(folder)]


def test_the_hint_and_its_digit_are_those_of_the_label(hints, some):
    for number, puzzle in enumerate(some.puzzles):
        assert hints.digits[number] == puzzle.digit
        x, y, width, height = hints.digit_boxes[number]
        box = puzzle.digit_box
        assert (x, y + 200) == pytest.approx((1000 * box.x, 400 * box.y), abs=0.01)
        assert (width, height) == pytest.approx((1000 * box.width, 400 * box.height), abs=0.01)
        # The parent finds the digits of easy puzzles, and the icon beside them.
        assert len(hints.boxes(number)) == 2
        assert not hints.boxes(number)[0].contains(*hints.icon(number)[0].centre)


def test_a_reader_that_knows_nothing_yet_learns_the_digits(hints, reader, tmp_path):
    torch.manual_seed(1)
    reader.classify[2].reset_parameters()
    likelihoods = learn_digits(hints, reader, tmp_path)
    assert max(likelihoods) > likelihoods[0] + 0.1


def test_wrong_digits_leave_the_reader_as_it_was(hints, model, reader, tmp_path):
    wrong = hints.digits.copy()
    wrong[list(TRAIN)] = wrong[list(TRAIN)] % 5 + 1
    likelihoods = learn_digits(replace(hints, digits=wrong), reader, tmp_path)
    assert max(likelihoods) == likelihoods[0]
    parent = net_of(model, "digit", DigitNet).state_dict()
    kept = read_weights(tmp_path)
    assert all(torch.equal(parent[name], value) for name, value in kept.items())


def test_labels_without_a_digit_or_its_box_teach_no_digit(hints):
    boxes, digits = hints.digit_boxes.copy(), hints.digits.copy()
    boxes[:5], digits[5] = np.nan, 0
    bare = replace(hints, digit_boxes=boxes, digits=digits)
    assert bare.marked(range(12)) == tuple(range(6, 12))


def test_a_puzzle_without_a_digit_is_prepared_all_the_same(some, model, tmp_path):
    bare = replace(some.puzzles[0], digit=None, digit_box=None)
    prepare(Dataset(some.root, (bare, some.puzzles[1]), ()), model, tmp_path, silent, never)
    assert read_hints(tmp_path).marked(range(2)) == (1,)


def test_a_hint_finder_learns_how_wide_people_mark_digits(hints, model, tmp_path):
    wide = hints.digit_boxes.copy()
    wide[:, :2] -= 0.3 * wide[:, 2:]
    wide[:, 2:] *= 1.6
    net = net_of(model, "hint", Finder)
    marked = replace(hints, digit_boxes=wide)
    everything = frozenset(range(12))
    lesson = hint_lesson(marked, everything, SIDES, net, Plan())
    learn("hint", lesson, tmp_path, 60, silent, never)
    values = [epoch.validation for epoch in read_course(tmp_path)]
    assert max(values) > values[0]


def test_an_icon_that_is_not_sure_teaches_nothing(hints):
    target = torch.from_numpy(target_maps(hints.boxes(0)[0], *hints.icon(0)))[None]
    maps = torch.zeros_like(target).requires_grad_()
    hint_loss(maps, target, torch.tensor([False])).backward()
    icon = [1, *range(6, 11)]
    assert not maps.grad[:, icon].any()
    assert maps.grad[:, 0].any()
    maps.grad = None
    hint_loss(maps, target, torch.tensor([True])).backward()
    assert maps.grad[:, icon].any()
