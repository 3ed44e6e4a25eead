"""Datasets on disk: the same bytes however they were made, whole or absent, faults told."""

import json
from pathlib import Path

import pytest

from solver.dataset import derive_answer, read
from solver.generate import GenerateError, write_dataset
from solver.generate.labels import FAULTS

COUNT = 40


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def truths(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose every second label is wrong."""
    out = tmp_path_factory.mktemp("noisy") / "puzzles"
    write_dataset(out, COUNT, seed=11, difficulty="medium", label_noise=0.5, assets="all")
    return out


def test_four_processes_write_the_same_bytes_as_one(tmp_path):
    for name, processes in (("one", 1), ("four", 4)):
        write_dataset(
            tmp_path / name, 9, seed=3, label_noise=0.4, processes=processes, styles="all"
        )
    assert contents(tmp_path / "one") == contents(tmp_path / "four")
    assert len(contents(tmp_path / "one")) == 9 + 2


def test_another_seed_writes_other_pictures(tmp_path):
    for seed in (1, 2):
        write_dataset(tmp_path / str(seed), 1, seed=seed, difficulty="easy")
    one, two = (set(contents(tmp_path / str(seed)).values()) for seed in (1, 2))
    assert not one & two


def test_label_noise_changes_no_picture(tmp_path):
    for noise in (0.0, 1.0):
        write_dataset(tmp_path / str(noise), 4, seed=8, difficulty="easy", label_noise=noise)
    clean, wrong = (contents(tmp_path / str(noise)) for noise in (0.0, 1.0))
    assert clean.keys() == wrong.keys()
    differing = {name for name in clean if clean[name] != wrong[name]}
    assert differing == {"labels.json", "truth.jsonl"}


def test_labels_read_back_say_the_truth_but_for_the_planted_faults(noisy):
    dataset = read(noisy)
    puzzles = {int(puzzle.id): puzzle for puzzle in dataset.puzzles}
    problems = {(int(problem.task), problem.code) for problem in dataset.problems}
    planted = 0
    for truth in truths(noisy):
        puzzle = puzzles[truth["id"]]
        fault = truth["faults"][0] if truth["faults"] else None
        planted += fault is not None
        assert puzzle.image == truth["image"]
        assert (puzzle.digit == truth["digit"]) == (fault != "wrong-digit")
        assert ((truth["id"], "missing_target") in problems) == (fault == "plus-missing")
        assert ((truth["id"], "cancelled") in problems) == (fault == "cancelled")
        assert (puzzle.answer in (None, truth["answer"])) == (fault != "wrong-answer")
        assert _misplaced(puzzle, truth) == (fault == "plus-on-wrong-planet")
    assert COUNT * 0.25 < planted < COUNT * 0.75


def _misplaced(puzzle, truth) -> bool:
    """Whether a `+` box misses the asked icon."""
    targets = [planet for planet in truth["planets"] if planet["is_target"]]
    return any(
        box is not None and not box.contains(planet["x"] / 1000, planet["y"] / 400)
        for planet in targets
        for box in (puzzle.targets[planet["tile"] - 1],)
    )


def test_the_answer_follows_from_labels_without_faults(noisy):
    puzzles = {int(puzzle.id): puzzle for puzzle in read(noisy).puzzles}
    for truth in truths(noisy):
        if not truth["faults"]:
            ellipse = (truth["ratio"], truth["angle"] * 3.141592653589793 / 180)
            answer = derive_answer(
                puzzles[truth["id"]], truth["centre"], truth["radii"], (1000, 400), ellipse
            )
            assert answer == truth["answer"]


def test_every_kind_of_fault_is_planted_sooner_or_later(tmp_path):
    write_dataset(tmp_path / "wrong", 30, seed=1, difficulty="easy", label_noise=1.0)
    assert {truth["faults"][0] for truth in truths(tmp_path / "wrong")} == set(FAULTS)


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(GenerateError, match="is not empty; give another folder"):
        write_dataset(tmp_path, 2)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_an_empty_folder_is_filled(tmp_path):
    out = tmp_path / "empty"
    out.mkdir()
    write_dataset(out, 1, difficulty="easy")
    assert {path.name for path in out.iterdir()} == {"images", "labels.json", "truth.jsonl"}
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(GenerateError, match="is a file; give a folder"):
        write_dataset(tmp_path / "file", 1)


def test_nothing_is_left_behind_when_writing_stops_half_way(tmp_path):
    def interrupted(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path / "out", 5, difficulty="easy", progress=interrupted)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"count": 0}, "count must be at least 1"),
        ({"seed": -1}, "seed must be from 0"),
        ({"label_noise": 1.5}, "label noise is a probability"),
        ({"processes": 0}, "worker processes must be at least 1"),
        ({"difficulty": "extreme"}, "difficulty must be one of"),
        ({"assets": "none"}, "assets must be one of"),
        ({"styles": "none"}, "styles must be one of"),
    ],
)
def test_an_option_out_of_range_is_named_before_anything_is_written(tmp_path, options, named):
    with pytest.raises(GenerateError, match=named):
        write_dataset(tmp_path / "out", **{"count": 1, **options})
    assert list(tmp_path.iterdir()) == []
