import json
import logging
import subprocess
import sys
import warnings
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
import torch
from click.testing import CliRunner

from cli.explain import explain
from cli.solve import solve
from solver import Failure, Solution, load_solver, picture, record
from solver.dataset import LabelledPuzzle
from solver.explain import About, explained, to_picture, to_svg, truth_of
from solver.generate import draw, write_dataset
from solver.generate.strangers import KINDS, draw_stranger
from solver.known import Known
from solver.layout import resize
from solver.planets import Planets
from solver.plausible import LEAST, plausibility
from solver.report import answer
from solver.solution import Box, seen_to_json
from tests.unit.solver.pictures import puzzle, saved, scene

#: Fresh easy puzzles with icons and fonts that were never trained on.
EASY = 20

#: Labels of `+` in a corner of each tile where nothing stands.
FAR = tuple(Box(0.2 * tile + 0.001, 0.001, 0.002, 0.002) for tile in range(5))


@pytest.fixture(scope="module")
def solver():
    with load_solver(device="cpu") as loaded:
        yield loaded


@pytest.fixture(scope="module")
def outcomes(solver):
    return solver.solve([puzzle(index).data for index in range(EASY)])


def lines(outcomes: list[Solution | Failure]) -> list[dict]:
    """Everything that is told of the outcomes."""
    return [
        {**record("", o), "seen": seen_to_json(o.seen) if isinstance(o, Solution) else None}
        for o in outcomes
    ]


def test_easy_puzzles_are_solved(outcomes):
    right = 0
    for index, outcome in enumerate(outcomes):
        truth = puzzle(index).truth
        scale = truth.width / 1000
        box = truth.target_boxes[truth.answer - 1]
        right += box.contains(outcome.point[0] / scale, outcome.point[1] / scale)
    assert right >= 0.9 * EASY


def test_what_was_seen_agrees_with_the_answer(outcomes):
    for outcome in outcomes:
        seen = outcome.seen
        assert sum(seen.digit_probabilities) == pytest.approx(1, abs=1e-5)
        assert sum(seen.tile_probabilities) == pytest.approx(1, abs=1e-5)
        assert 0 <= outcome.confidence <= 1
        assert seen.runner_up != outcome.tile
        assert list(seen.orbits) == sorted(seen.orbits)
        places = [(p.x, p.y) for p in seen.planets if p.tile == outcome.tile]
        assert outcome.point in places
        assert json.loads(json.dumps(seen_to_json(seen))) == seen_to_json(seen)


def test_an_answer_depends_neither_on_threads_nor_on_its_neighbours(solver, outcomes):
    pictures = [puzzle(index).data for index in range(7)]
    wanted = lines(outcomes[:7])
    assert lines([solver.solve([data])[0] for data in pictures]) == wanted
    assert lines(solver.solve(pictures[::-1]))[::-1] == wanted
    assert lines(list(solver.stream(iter(pictures)))) == wanted
    with load_solver(device="cpu", threads=1) as alone:
        assert lines(alone.solve(pictures)) == wanted


def test_a_bad_picture_leaves_the_others_alone(solver, outcomes):
    told = solver.solve([b"", puzzle(0).data, b"no picture at all", saved(scene(300, 300))])
    assert [o.code for o in told if isinstance(o, Failure)] == [
        "empty",
        "not_a_picture",
        "not_a_puzzle",
    ]
    assert lines(told[1:2]) == lines(outcomes[:1])


def no_puzzles() -> dict[str, np.ndarray]:
    """Pictures in the proportions of a puzzle that are none."""
    shown = resize(picture.decode(puzzle(0).data), 1000, 400)
    rng = np.random.default_rng(8)
    smooth = resize(rng.integers(0, 255, (16, 40, 3), dtype=np.uint8), 1000, 400)
    without_tiles, without_hint = shown.copy(), shown.copy()
    without_tiles[:200] = shown[0, 0]
    without_hint[200:] = shown[399, 999]
    return {
        "blank": np.full((400, 1000, 3), 90, np.uint8),
        "gradient": scene(),
        "noise": rng.integers(0, 255, (400, 1000, 3), dtype=np.uint8),
        "blobs": smooth,
        "without tiles": without_tiles,
        "without hint": without_hint,
        "upside down": np.ascontiguousarray(shown[::-1, ::-1]),
    }


@pytest.mark.parametrize("name", no_puzzles())
def test_what_is_no_puzzle_is_refused_with_what_was_missing(solver, name):
    [outcome] = solver.solve([saved(no_puzzles()[name])])
    assert isinstance(outcome, Failure)
    assert outcome.code == "not_a_puzzle"
    assert "digit" in outcome.message


@pytest.mark.parametrize("kind", ["icon-sheet", "calendar", "table", "no-digit", "no-icon"])
def test_sheets_of_icons_and_puzzles_without_their_hint_are_refused(solver, kind):
    place = list(KINDS).index(kind)
    pictures = [draw_stranger(31, place + len(KINDS) * turn)[1] for turn in range(3)]
    refused = [isinstance(outcome, Failure) for outcome in solver.solve(pictures)]
    assert sum(refused) >= 2


def test_a_puzzle_is_solved_whose_icon_is_doubted_in_the_hint_but_found_in_the_tiles(solver):
    data = draw(1, 94, "hard", "held-out").data
    assert solver.examine(data).hint.icon_score < 0.2
    assert isinstance(solver.solve([data])[0], Solution)


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard"])
def test_puzzles_are_hardly_ever_taken_for_something_else(solver, difficulty):
    drawn = [puzzle(index, difficulty) for index in range(12)]
    least = min(plausibility(solver.examine(each.data)) for each in drawn)
    assert least > LEAST + 0.5


def test_a_larger_picture_has_its_answer_in_its_own_pixels(solver, outcomes):
    usual = picture.decode(puzzle(0).data)
    twice = resize(usual, 2 * usual.shape[1], 2 * usual.shape[0])
    [large] = solver.solve([picture.encode(twice)])
    assert large.tile == outcomes[0].tile
    assert large.point == pytest.approx([2 * value for value in outcomes[0].point], abs=6)
    assert large.seen.size == (twice.shape[1], twice.shape[0])


def test_tiles_in_another_order_move_the_answer_along(solver):
    shown = resize(picture.decode(puzzle(1).data), 1000, 400)
    order = [3, 1, 4, 0, 2]
    mixed = shown.copy()
    for place, tile in enumerate(order):
        mixed[:200, 200 * place : 200 * place + 200] = shown[:200, 200 * tile : 200 * tile + 200]
    first, second = solver.solve([picture.encode(shown), picture.encode(mixed)])
    assert order[second.tile - 1] == first.tile - 1


def test_what_is_known_takes_the_place_of_its_stage(solver):
    data = puzzle(0).data
    seen = solver.examine(data)
    known = Known(seen.hint, seen.digits, seen.found, seen.geometry, seen.ranks, seen.similarities)
    assert solver.examine(data, known).decision == seen.decision
    other = np.roll(seen.digits, 1)
    assert solver.examine(data, Known(digits=other)).digits is other


def test_what_follows_a_known_result_is_worked_out_from_it(solver):
    data = puzzle(0).data
    seen = solver.examine(data)
    few = tuple(
        Planets(tile.points[:3], tile.sizes[:3], tile.scores[:3]) for tile in seen.found.planets
    )
    again = solver.examine(data, Known(found=replace(seen.found, planets=few)))
    assert [len(tile) for tile in again.ranks] == [len(tile.points) for tile in few]
    assert [len(tile) for tile in again.similarities] == [len(tile.points) for tile in few]
    assert np.array_equal(again.digits, seen.digits)


def test_the_drawing_shows_every_stage_as_pixels_and_as_text(solver):
    data = puzzle(2).data
    solution = answer(solver.examine(data))
    drawing = explained(picture.decode(data), solution, About("<b>.jpg", "small"))
    pixels = to_picture(drawing)
    assert pixels.shape == (drawing.height, drawing.width, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 500
    root = ElementTree.fromstring(to_svg(drawing))
    words = [one.text for one in root.iter() if one.tag.endswith("}text")]
    assert f"Tile {solution.tile}: the icon stands on orbit {solution.digit}" in words
    assert any("<b>.jpg" in word for word in words)
    for stage in ("hint", "Digit", "Centre and orbits", "Planets", "Match", "Decision"):
        assert any(stage in word for word in words), stage
    links = [value for one in root.iter() for name, value in one.attrib.items() if "href" in name]
    assert links
    assert all(link.startswith("data:image/jpeg;base64,") for link in links)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.png").write_bytes(puzzle(0).data)
    (tmp_path / "a.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not looked at")
    return tmp_path


def test_the_command_prints_one_line_a_picture_and_tells_of_bad_ones(folder, outcomes):
    extra = folder / "notes.txt"
    done = CliRunner().invoke(solve, [str(folder), str(extra), "--json", "--device", "cpu"])
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [line["image"] for line in told] == ["a.jpg", "deep/b.png", "notes.txt"]
    assert [line["error"] and line["error"]["code"] for line in told] == [
        "empty",
        None,
        "not_a_picture",
    ]
    assert told[1]["tile"] == outcomes[0].tile
    assert told[1]["model"].startswith("small@")


def test_the_command_takes_a_strip_and_a_hint(tmp_path, outcomes):
    shown = picture.decode(puzzle(0).data)
    half = shown.shape[0] // 2
    strip, hint = tmp_path / "strip.png", tmp_path / "hint.png"
    strip.write_bytes(picture.encode(shown[:half]))
    hint.write_bytes(picture.encode(shown[half:, :half]))
    done = CliRunner().invoke(solve, [str(strip), "--hint", str(hint), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["tile"] == outcomes[0].tile
    wrong = CliRunner().invoke(solve, [str(strip), str(strip), "--hint", str(hint)])
    assert wrong.exit_code == 2


def test_answers_below_a_confidence_are_marked_and_kept(folder, outcomes):
    sure = outcomes[0].confidence
    for least, abstained in ((sure - 0.001, False), (min(sure + 0.001, 1.0), True)):
        asked = [str(folder), "--json", "--abstain-below", f"{least:.6f}"]
        told = [json.loads(line) for line in CliRunner().invoke(solve, asked).stdout.splitlines()]
        assert [line["abstained"] for line in told] == [None, abstained]
        assert told[1]["tile"] == outcomes[0].tile


def test_the_table_for_people_has_a_row_a_picture(folder):
    done = CliRunner().invoke(solve, [str(folder)])
    assert done.exit_code == 1
    assert "deep/b.png" in done.stdout
    assert "empty: The file is empty" in done.stdout


def test_what_is_named_like_a_picture_and_is_none_gets_its_own_line(folder):
    (folder / "album.jpg").mkdir()
    (folder / "moving.gif").write_bytes(b"GIF89a")
    done = CliRunner().invoke(solve, [str(folder), "--json"])
    told = {line["image"]: line["error"] for line in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert told["album.jpg"]["code"] == "is_a_folder"
    assert told["moving.gif"]["code"] == "unsupported_format"
    assert told["deep/b.png"] is None


def test_a_folder_without_pictures_gets_its_error_and_the_rest_go_on(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    done = CliRunner().invoke(solve, [str(empty), str(folder / "deep"), "--json"])
    first, second = map(json.loads, done.stdout.splitlines())
    assert done.exit_code == 1
    assert (first["image"], first["error"]["code"]) == (empty.name, "is_a_folder")
    assert (second["image"], second["error"]) == ("b.png", None)


def test_the_explain_command_writes_its_drawing(tmp_path):
    source, out = tmp_path / "p.png", tmp_path / "drawn.png"
    source.write_bytes(puzzle(0).data)
    done = CliRunner().invoke(explain, [str(source), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert picture.decode(out.read_bytes()).shape == (966, 2000, 3)


def test_the_explain_command_writes_an_svg_with_the_truth_of_a_labelled_folder(tmp_path):
    write_dataset(tmp_path / "data", 1, 5, "easy", processes=1)
    (source,) = (tmp_path / "data" / "images").iterdir()
    out = tmp_path / "drawn.svg"
    done = CliRunner().invoke(explain, [str(source), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    label = f"label: tile {told['truth']['answer']}, digit {told['truth']['digit']}"
    assert label in out.read_text()
    assert label in done.stderr


def test_the_explain_command_says_which_stage_lost_a_wrong_answer(solver):
    data = puzzle(0).data
    solution = answer(solver.examine(data))
    wrong = LabelledPuzzle("1", "1.jpg", solution.digit, None, FAR, solution.tile % 5 + 1, "test")
    truth = truth_of(wrong, solution, partial(solver.examine, data))
    drawing = explained(picture.decode(data), solution, About("1.jpg", "small"), truth)
    assert f"Wrong, lost to {truth.outcome.lost_to}" in to_svg(drawing)


@pytest.mark.parametrize("name", ["drawn.gif", "drawn"])
def test_the_explain_command_knows_png_and_svg_alone(tmp_path, name):
    done = CliRunner().invoke(explain, ["p.png", "--out", str(tmp_path / name)])
    assert done.exit_code == 2
    assert "ends in .png or .svg" in done.output


def test_solving_side_by_side_leaves_the_process_as_it_was():
    def state() -> tuple[object, ...]:
        handlers = list(logging.getLogger().handlers)
        return list(warnings.filters), torch.get_num_threads(), cv2.getNumThreads(), handlers

    with load_solver(device="cpu", threads=4) as solver:
        before = state()
        solver.solve([puzzle(index).data for index in range(8)] * 4)
        assert state() == before


@pytest.mark.parametrize("module", ["solver", "solver.model_folder"])
def test_importing_what_lists_models_does_not_import_torch(module):
    program = f"import sys, {module}; print('torch' in sys.modules or 'cv2' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
