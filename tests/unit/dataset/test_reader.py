"""Reading labels from a folder, and from content without one."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import reader
from solver.dataset.reader import read, read_labels
from solver.errors import DatasetError
from tests.unit.dataset.labelled import annotation, answer, digit, only, task, whole

#: A task whose picture is images/7.jpg.
GOOD = task(annotation(whole()))


def folder(tmp_path: Path, labels: bytes | None, *pictures: str) -> Path:
    for name in pictures:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
    if labels is not None:
        (tmp_path / "labels.json").write_bytes(labels)
    return tmp_path


def labelme(**more: object) -> dict[str, Any]:
    """A LabelMe file with the digit 4 and a `+` in tile 2, of a 1000x400 picture."""
    shapes = [
        {"label": "4", "shape_type": "rectangle", "points": [[70, 262], [40, 220]]},
        {"label": "+", "shape_type": "point", "points": [[260, 50]]},
    ]
    value = {"imagePath": "7.jpg", "imageWidth": 1000, "imageHeight": 400, "shapes": shapes}
    return value | more


def test_a_folder_is_read_with_its_root(tmp_path: Path) -> None:
    dataset = read(folder(tmp_path, json.dumps([GOOD]).encode(), "images/7.jpg"))
    assert dataset.path(only(dataset)) == tmp_path / "images" / "7.jpg"
    assert dataset.problems == ()


def test_labels_without_a_folder_have_no_paths() -> None:
    dataset = read_labels(json.dumps([GOOD]).encode(), ["images/7.jpg"])
    with pytest.raises(DatasetError, match="without a folder"):
        dataset.path(only(dataset))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_labels_are_read_in_any_unicode_encoding(encoding: str) -> None:
    content = json.dumps([GOOD]).encode(encoding)
    assert only(read_labels(content, ["images/7.jpg"])).id == "7"


def test_one_task_alone_needs_no_list() -> None:
    assert only(read_labels(json.dumps(GOOD).encode(), ["images/7.jpg"])).id == "7"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1, 2", "not JSON"),
        (b"[1] [2]", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "holds no task"),
        (b"{}", "holds no task"),
        (b"3", "holds no task"),
        (b'{"images": [], "categories": []}', "holds no task"),
        (b"[1, null]", "holds no task"),
    ],
)
def test_labels_that_hold_nothing_say_what_to_do(content: bytes, word: str) -> None:
    with pytest.raises(DatasetError, match=word):
        read_labels(content, [])


@pytest.mark.parametrize("depth", [900, 980, 990, 1000])
@pytest.mark.parametrize(
    "form",
    [
        '{"7.json": %s}',
        '[{"id": %s, "data": {"image": "7.jpg", "split": %s}, "annotations": []}]',
        '[{"data": {}, "annotations": [{"result": [{"type": %s}]}]}]',
    ],
)
def test_labels_nested_deeply_are_read_or_refused_cleanly(form: str, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    with suppress(DatasetError):
        read_labels(form.replace("%s", nested).encode(), ["7.jpg"])


def test_labels_cut_short_are_refused_as_a_whole() -> None:
    with pytest.raises(DatasetError, match="not JSON"):
        read_labels(json.dumps([GOOD, GOOD]).encode()[:-9], ["images/7.jpg"])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not a folder"):
        read(tmp_path / "nowhere")


def test_a_folder_without_labels_says_where_to_put_them(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no labels\.json"):
        read(folder(tmp_path, None, "images/7.jpg"))


def test_an_export_under_another_name_is_to_be_renamed(tmp_path: Path) -> None:
    (tmp_path / "project-1.json").write_text(json.dumps([GOOD]))
    with pytest.raises(DatasetError, match=r"project-1\.json.*labels\.json"):
        read(tmp_path)


def test_labels_beyond_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 10)
    with pytest.raises(DatasetError, match="limit"):
        read(folder(tmp_path, json.dumps([GOOD]).encode(), "images/7.jpg"))


def test_labels_that_are_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.json").mkdir()
    with pytest.raises(DatasetError):
        read(tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    root = folder(tmp_path / "set", json.dumps([GOOD]).encode(), "images/other.jpg")
    (root / "images" / "7.jpg").symlink_to(tmp_path / "secret.jpg")
    dataset = read(root)
    assert [problem.code for problem in dataset.problems] == ["missing_image"]


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    root = folder(tmp_path, json.dumps([GOOD]).encode(), "images/other.jpg")
    (root / "images" / "7.jpg").symlink_to(root / "images" / "other.jpg")
    assert only(read(root)).image == "images/7.jpg"


def test_a_circle_of_links_harms_nothing(tmp_path: Path) -> None:
    root = folder(tmp_path, json.dumps([GOOD]).encode(), "images/7.jpg")
    (root / "loop").symlink_to(root)
    (root / "self.jpg").symlink_to(root / "self.jpg")
    assert only(read(root)).id == "7"


def test_labelme_files_beside_their_pictures_are_a_dataset(tmp_path: Path) -> None:
    root = folder(tmp_path, None, "images/7.jpg")
    (root / "images" / "7.json").write_text(json.dumps(labelme()))
    puzzle = only(read(root))
    assert (puzzle.id, puzzle.image, puzzle.digit) == ("7", "images/7.jpg", 4)
    box = puzzle.targets[1]
    assert box is not None
    assert box.scaled(1000, 400).centre == pytest.approx((260, 50))
    digit_box = puzzle.digit_box
    assert digit_box is not None
    assert digit_box.scaled(1000, 400).width == pytest.approx(30)


def test_labels_may_be_a_list_of_labelme_files() -> None:
    dataset = read_labels(json.dumps([labelme(), labelme(imagePath="8.jpg")]).encode(), ["7.jpg"])
    assert only(dataset).id == "7"
    assert [(p.task, p.code) for p in dataset.problems if p.code == "missing_image"] == [
        ("8", "missing_image")
    ]


def test_labelme_files_of_one_name_in_two_folders_are_two_puzzles() -> None:
    files = {name: json.dumps(labelme()).encode() for name in ("a/7.json", "b/7.json")}
    dataset = read_labels(files, ["a/7.jpg", "b/7.jpg"])
    assert [(puzzle.id, puzzle.image) for puzzle in dataset.puzzles] == [
        ("a/7", "a/7.jpg"),
        ("b/7", "b/7.jpg"),
    ]


def test_labelme_files_may_come_as_one_object_by_name() -> None:
    files = {"images/7.json": labelme(), "images/8.json": json.dumps(labelme(imagePath="8.jpg"))}
    dataset = read_labels(json.dumps(files).encode(), ["images/7.jpg", "images/8.jpg"])
    assert [(puzzle.id, puzzle.image) for puzzle in dataset.puzzles] == [
        ("7", "images/7.jpg"),
        ("8", "images/8.jpg"),
    ]


def test_a_labelme_file_that_names_no_picture_means_the_one_beside_it() -> None:
    files = {"marks/7.json": json.dumps(labelme(imagePath=None)).encode()}
    assert only(read_labels(files, ["marks/7.png"])).image == "marks/7.png"


def test_a_broken_labelme_file_does_not_stop_the_others() -> None:
    files = {"6.json": b"{", "7.json": json.dumps(labelme()).encode(), "meta.json": b"{}"}
    dataset = read_labels(files, ["7.jpg"])
    assert only(dataset).id == "7"
    assert ("6", "unreadable") in [(p.task, p.code) for p in dataset.problems]


@pytest.mark.parametrize(
    "shape",
    [
        {"label": "+", "shape_type": "line", "points": [[1, 1], [2, 2]]},
        {"label": "+", "shape_type": "rectangle", "points": [[1, 1]]},
        {"label": "+", "shape_type": "rectangle", "points": [[1, 1], [1, 5]]},
        {"label": "+", "shape_type": "point", "points": [[1, None]]},
        {"label": "+", "shape_type": [], "points": [[1, 1]]},
        {"label": "+", "shape_type": "point", "points": 3},
        {"label": "+", "shape_type": "point", "points": [[9999, 1]]},
        7,
    ],
)
def test_a_malformed_shape_is_told_and_ignored(shape: object) -> None:
    file = labelme()
    file["shapes"].append(shape)
    dataset = read_labels(json.dumps(file).encode(), ["7.jpg"])
    assert "bad_region" in [problem.code for problem in dataset.problems]
    assert only(dataset).digit == 4


def test_a_labelme_file_without_its_picture_s_size_says_so() -> None:
    dataset = read_labels(json.dumps(labelme(imageWidth=None)).encode(), ["7.jpg"])
    assert "imageWidth" in dataset.problems[0].message


def test_a_labelme_circle_is_the_square_around_it() -> None:
    circle = {"label": "+", "shape_type": "circle", "points": [[100, 100], [103, 104]]}
    box = only(read_labels(json.dumps(labelme(shapes=[circle])).encode(), ["7.jpg"])).targets[0]
    assert box is not None
    found = box.scaled(1000, 400)
    assert (found.x, found.y, found.width, found.height) == pytest.approx((95, 95, 10, 10))


KEYS = """id data image annotations result value type x y width height rotation rectanglelabels
keypointlabels choices from_name answer shapes points label shape_type rectangle imagePath
imageWidth was_cancelled 7.json images/7.jpg 7.jpg + 3 split test ../x"""
words = st.sampled_from(KEYS.split())
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=30,
)


@given(values)
def test_any_json_at_all_is_read_or_refused_cleanly(value: object) -> None:
    with suppress(DatasetError):
        read_labels(json.dumps(value).encode(), {"images/7.jpg"})


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused_cleanly(content: bytes) -> None:
    for labels in (content, {"7.json": content}):
        with suppress(DatasetError):
            read_labels(labels, {"images/7.jpg"})


@given(st.data())
def test_one_thing_replaced_in_a_good_task_stops_nothing(data: st.DataObject) -> None:
    broken = json.loads(json.dumps(task(annotation([*whole(), answer("2")]), number=8)))
    place = broken
    while isinstance(place, (dict, list)) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()) or not isinstance(place[key], (dict, list)):
            place[key] = data.draw(values)
            break
        place = place[key]
    labels = json.dumps([broken, GOOD]).encode()
    dataset = read_labels(labels, {"images/7.jpg", "images/8.jpg"})
    assert "7" in {puzzle.id for puzzle in dataset.puzzles} | {p.task for p in dataset.problems}


@given(
    st.tuples(st.floats(0, 190), st.floats(0, 190)),
    st.tuples(st.floats(1, 60), st.floats(1, 60)),
    st.integers(0, 4),
)
def test_per_cents_come_back_as_the_pixels_they_were(
    corner: tuple[float, float], size: tuple[float, float], tile: int
) -> None:
    x, y = 200 * tile + min(corner[0], 200 - size[0]), min(corner[1], 200 - size[1])
    value = {"x": x / 10, "y": y / 4, "width": size[0] / 10, "height": size[1] / 4}
    region = {"type": "rectanglelabels", "value": value | {"rectanglelabels": ["+"]}}
    puzzle = only(
        read_labels(json.dumps([task(annotation([digit(), region]))]).encode(), ["images/7.jpg"])
    )
    box = puzzle.targets[tile]
    assert box is not None
    found = box.scaled(1000, 400)
    assert (found.x, found.y, found.width, found.height) == pytest.approx((x, y, *size), abs=1e-9)
