"""What the marks of one task mean, and which faults are told."""

import pytest

from solver.solution import Box
from tests.unit.dataset.labelled import (
    PLACES,
    annotation,
    answer,
    codes,
    digit,
    load,
    only,
    problem,
    rectangle,
    region,
    target,
    task,
    whole,
)


def test_a_task_without_a_fault_is_read_whole() -> None:
    dataset = load(task(annotation(whole())))
    puzzle = only(dataset)
    assert dataset.problems == ()
    assert (puzzle.id, puzzle.image, puzzle.digit, puzzle.answer) == ("7", "images/7.jpg", 3, None)
    for tile, (box, (x, y, side)) in enumerate(zip(puzzle.targets, PLACES, strict=True)):
        assert box is not None
        found = box.scaled(1000, 400)
        assert found.centre == pytest.approx((200 * tile + x, y))
        assert (found.width, found.height) == pytest.approx((side, side))


def test_a_tile_without_its_plus_is_told_and_the_others_stay() -> None:
    dataset = load(task(annotation([digit(), *(target(n) for n in (1, 2, 4, 5))])))
    assert (problem(dataset).task, problem(dataset).code) == ("7", "missing_target")
    assert "tile 3" in problem(dataset).message
    assert [box is None for box in only(dataset).targets] == [False, False, True, False, False]


def test_two_places_for_one_plus_leave_the_tile_without_one() -> None:
    dataset = load(task(annotation([*whole(), target(2, dx=60)])))
    assert codes(dataset) == ["several_targets"]
    assert only(dataset).targets[1] is None


def test_the_same_plus_marked_twice_is_told_and_kept() -> None:
    dataset = load(task(annotation([*whole(), target(2, dx=2)])))
    assert codes(dataset) == ["several_targets"]
    assert only(dataset).targets[1] == only(load(task(annotation(whole())))).targets[1]


def test_a_plus_in_the_hint_is_told_and_ignored() -> None:
    dataset = load(task(annotation([*whole(), rectangle("+", 110, 220, 60, 60)])))
    assert codes(dataset) == ["stray_target"]
    assert None not in only(dataset).targets


def test_a_plus_larger_than_a_tile_is_told_and_ignored() -> None:
    dataset = load(task(annotation([*whole(), rectangle("+", 0, 0, 1000, 200)])))
    assert codes(dataset) == ["bad_region"]
    assert None not in only(dataset).targets


def test_two_digits_in_the_hint_leave_none() -> None:
    dataset = load(task(annotation([*whole(), digit("5", x=100)])))
    assert codes(dataset) == ["several_digits"]
    assert only(dataset).digit is None


def test_digits_printed_in_tiles_do_not_count() -> None:
    printed = [rectangle(label, 300, 100, 10, 14) for label in "12345"]
    dataset = load(task(annotation([*printed, *whole()])))
    assert dataset.problems == ()
    assert only(dataset).digit == 3


def test_the_only_digit_counts_wherever_it_stands() -> None:
    regions = [rectangle("4", 500, 300, 30, 40), *(target(n) for n in range(1, 6))]
    dataset = load(task(annotation(regions)))
    assert dataset.problems == ()
    assert only(dataset).digit == 4


def test_several_digits_in_tiles_and_none_in_the_hint_leave_none() -> None:
    regions = [rectangle(label, 300, 100, 10, 14) for label in "12"]
    dataset = load(task(annotation([*regions, *(target(n) for n in range(1, 6))])))
    assert codes(dataset) == ["no_digit"]
    assert only(dataset).digit is None


def test_a_cancelled_annotation_is_ignored_beside_a_good_one() -> None:
    cancelled = annotation([digit("1")], was_cancelled=True)
    dataset = load(task(cancelled, annotation(whole())))
    assert codes(dataset) == ["cancelled"]
    assert only(dataset).digit == 3


def test_a_task_with_nothing_but_cancelled_annotations_is_unlabelled() -> None:
    dataset = load(task(annotation(whole(), was_cancelled=True)))
    assert codes(dataset) == ["cancelled", "unlabelled"]
    assert only(dataset).digit is None
    assert set(only(dataset).targets) == {None}


def test_two_annotators_who_disagree_on_the_digit_leave_none() -> None:
    other = [digit("5"), *whole()[1:]]
    dataset = load(task(annotation(whole()), annotation(other)))
    assert codes(dataset) == ["annotators_disagree"]
    assert "digit" in problem(dataset).message
    assert only(dataset).digit is None
    assert None not in only(dataset).targets


def test_two_of_three_annotators_prevail_and_the_dispute_is_told() -> None:
    other = [*whole()[:1], target(1, dx=70), *whole()[2:]]
    dataset = load(task(annotation(other), annotation(whole()), annotation(whole())))
    assert codes(dataset) == ["annotators_disagree"]
    assert only(dataset).targets == only(load(task(annotation(whole())))).targets


def test_annotators_who_agree_within_the_box_do_not_disagree() -> None:
    shifted = [digit(), *(target(n, dx=3) for n in range(1, 6))]
    assert load(task(annotation(whole()), annotation(shifted))).problems == ()


def test_an_annotation_marked_as_ground_truth_decides() -> None:
    truth = annotation([digit("5"), *whole()[1:]], ground_truth=True)
    dataset = load(task(annotation(whole()), truth))
    assert dataset.problems == ()
    assert only(dataset).digit == 5


def test_what_one_annotator_left_out_the_other_may_state() -> None:
    dataset = load(task(annotation(whole()[:3]), annotation(whole()[3:])))
    assert dataset.problems == ()
    assert only(dataset).digit == 3
    assert None not in only(dataset).targets


def test_an_answer_named_outright_is_kept() -> None:
    dataset = load(task(annotation([*whole(), answer("4")])))
    assert dataset.problems == ()
    assert only(dataset).answer == 4


@pytest.mark.parametrize("choices", [("0",), ("6",), ("four",), (), ("1", "2"), (None,), (2.5,)])
def test_an_answer_that_is_no_tile_is_told(choices: tuple[object, ...]) -> None:
    dataset = load(task(annotation([*whole(), answer(*choices)])))
    assert codes(dataset) == ["bad_answer"]
    assert only(dataset).answer is None


def test_two_answers_in_one_annotation_leave_none() -> None:
    dataset = load(task(annotation([*whole(), answer("4"), answer("5")])))
    assert codes(dataset) == ["several_answers"]
    assert only(dataset).answer is None


def test_annotators_who_name_two_answers_leave_none() -> None:
    pair = [annotation([*whole(), answer(tile)]) for tile in ("4", "5")]
    dataset = load(task(*pair))
    assert codes(dataset) == ["annotators_disagree"]
    assert only(dataset).answer is None


def test_other_choices_are_no_answer() -> None:
    quality = {"type": "choices", "from_name": "quality", "value": {"choices": ["1"]}}
    dataset = load(task(annotation([*whole(), quality])))
    assert dataset.problems == ()
    assert only(dataset).answer is None


def test_a_point_stands_for_a_patch_of_a_fifth_of_a_tile() -> None:
    point = region("keypointlabels", {"x": 6.0, "y": 15.0, "width": 0.3, "keypointlabels": ["+"]})
    dataset = load(task(annotation([digit(), point, *(target(n) for n in range(2, 6))])))
    assert dataset.problems == ()
    box = only(dataset).targets[0]
    assert box is not None
    found = box.scaled(1000, 400)
    assert found.centre == pytest.approx((60, 60))
    assert (found.width, found.height) == pytest.approx((40, 40))


def test_a_point_is_square_in_a_picture_of_any_size() -> None:
    point = region("keypointlabels", {"x": 6.0, "y": 15.0, "keypointlabels": ["+"]})
    point |= {"original_width": 500, "original_height": 210}
    box = only(load(task(annotation([point])))).targets[0]
    assert box is not None
    found = box.scaled(500, 210)
    assert (found.width, found.height) == pytest.approx((20, 20))


@pytest.mark.parametrize(
    "fault",
    [
        {"x": float("nan")},
        {"y": float("inf")},
        {"width": -2},
        {"height": 0},
        {"x": 140},
        {"x": None},
        {"x": "6"},
        {"x": True},
        {"width": 10**400},
        {"rotation": "left"},
        {"rectanglelabels": []},
        {"rectanglelabels": ["+", "3"]},
        {"rectanglelabels": None},
    ],
)
def test_a_malformed_region_is_told_and_ignored(fault: dict[str, object]) -> None:
    broken = target(1)
    broken["value"] |= fault
    dataset = load(task(annotation([digit(), broken, *(target(n) for n in range(2, 6))])))
    assert set(codes(dataset)) == {"bad_region", "missing_target"}
    assert only(dataset).targets[0] is None
    assert only(dataset).digit == 3


def test_a_box_a_hair_over_the_edge_is_cut_without_a_word() -> None:
    dataset = load(task(annotation([digit(), rectangle("+", -0.5, 50, 24, 24)])))
    box = only(dataset).targets[0]
    assert box is not None
    assert box.x == 0
    assert "bad_region" not in codes(dataset)


def test_a_box_half_outside_is_cut_and_told() -> None:
    dataset = load(task(annotation([*whole()[:1], rectangle("+", -12, 50, 24, 24)])))
    box = only(dataset).targets[0]
    assert box is not None
    assert box.scaled(1000, 400).width == pytest.approx(12)
    assert "bad_region" in codes(dataset)


def test_a_turned_box_becomes_its_upright_one() -> None:
    turned = rectangle("+", 100, 50, 20, 40)
    turned["value"]["rotation"] = 90
    dataset = load(task(annotation([digit(), turned])))
    box = only(dataset).targets[0]
    assert box is not None
    found = box.scaled(1000, 400)
    assert (found.x, found.y) == pytest.approx((60, 50))
    assert (found.width, found.height) == pytest.approx((40, 20))
    assert "rotated_region" in codes(dataset)


def test_an_unknown_label_is_told_and_ignored() -> None:
    dataset = load(task(annotation([*whole(), rectangle("planet", 10, 10, 20, 20)])))
    assert codes(dataset) == ["unknown_label"]


def test_an_unknown_kind_of_region_is_told_and_ignored() -> None:
    brush = region("brushlabels", {"format": "rle", "rle": [1], "brushlabels": ["+"]})
    assert codes(load(task(annotation([*whole(), brush])))) == ["unknown_region"]


def test_a_label_may_be_a_number() -> None:
    marked = digit()
    marked["value"]["rectanglelabels"] = [3]
    assert only(load(task(annotation([marked, *whole()[1:]])))).digit == 3


@pytest.mark.parametrize("results", [None, 3, "x", {}])
def test_an_annotation_without_results_is_told(results: object) -> None:
    dataset = load(task(annotation(results)))
    assert codes(dataset)[0] == "unreadable"
    assert only(dataset).digit is None


def test_a_task_without_annotations_is_told() -> None:
    assert codes(load(task())) == ["unlabelled"]
    assert codes(load({"id": 7, "data": {"image": "images/7.jpg"}})) == ["unreadable"]


def test_a_digit_box_is_kept_for_what_trains_on_it() -> None:
    box = only(load(task(annotation(whole())))).digit_box
    assert box is not None
    assert box.scaled(1000, 400) == Box(*map(pytest.approx, (40, 220, 30, 42)))
