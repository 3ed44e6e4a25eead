"""Which tasks become puzzles: ids, pictures, splits."""

import pytest

from tests.unit.dataset.labelled import annotation, codes, load, only, problem, task, whole


def test_a_missing_picture_is_told_and_the_rest_go_on() -> None:
    dataset = load(task(annotation(whole()), number=8), task(annotation(whole())))
    assert (problem(dataset).task, problem(dataset).code) == ("8", "missing_image")
    assert only(dataset).id == "7"


def test_a_second_task_with_the_same_id_is_left_out() -> None:
    tasks = [task(annotation(whole())), task(annotation(whole()), number="7", image="images/a.jpg")]
    dataset = load(*tasks, images={"images/7.jpg", "images/a.jpg"})
    assert codes(dataset) == ["duplicate_id"]
    assert only(dataset).image == "images/7.jpg"


def test_a_second_task_with_the_same_picture_is_left_out() -> None:
    dataset = load(
        task(annotation(whole())), task(annotation(whole()), number=8, image="images/7.jpg")
    )
    assert (problem(dataset).task, problem(dataset).code) == ("8", "duplicate_image")
    assert "task 7" in problem(dataset).message


@pytest.mark.parametrize("number", [None, True, 1.5, "", "  ", [], {}])
def test_a_task_without_an_id_goes_by_its_picture(number: object) -> None:
    dataset = load(task(annotation(whole()), number=number, image="images/7.jpg"))
    assert codes(dataset) == ["missing_id"]
    assert only(dataset).id == "images/7.jpg"


@pytest.mark.parametrize("value", [None, 3, "task", [], {"x": 1}])
def test_what_is_no_task_is_told_by_its_place(value: object) -> None:
    dataset = load(value, task(annotation(whole())))
    assert (problem(dataset).task, problem(dataset).code) == ("#1", "unreadable")
    assert only(dataset).id == "7"


@pytest.mark.parametrize("image", [None, 5, "", {}])
def test_a_task_that_names_no_picture_is_told(image: object) -> None:
    assert codes(load(task(annotation(whole()), image=image))) == ["missing_image"]


def test_an_id_that_utf8_cannot_hold_is_mended() -> None:
    dataset = load(task(annotation(whole()), number="a\ud800", image="images/7.jpg"))
    assert only(dataset).id == "a?"


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_split_that_the_data_names_is_kept(split: str) -> None:
    assert only(load(task(annotation(whole()), split=split))).split == split


@pytest.mark.parametrize("split", ["val", 3, [], ""])
def test_an_unknown_split_is_told_and_the_hash_decides(split: object) -> None:
    dataset = load(task(annotation(whole()), split=split))
    assert codes(dataset) == ["bad_split"]
    assert only(dataset).split == only(load(task(annotation(whole())))).split


def test_words_to_slice_by_are_kept() -> None:
    puzzle = only(load(task(annotation(whole()), style="night", difficulty="hard", other="x")))
    assert puzzle.groups == (("style", "night"), ("difficulty", "hard"))
