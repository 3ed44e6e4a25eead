"""`orrery evaluate` and `orrery labels`, with a solver whose answers are known."""

import json
from pathlib import Path

import numpy as np
import pytest

import solver
from cli.main import main
from solver.dataset import read
from solver.picture import encode
from tests.unit.dataset.labelled import annotation, answer, digit, labelme, rectangle, task
from tests.unit.evaluate.puzzles import SOLUTION, TAKEN_IN, TARGETS, FakeSolver

RIGHT, WRONG = (encode(np.full((40, 100, 3), shade, np.uint8)) for shade in (90, 160))
SOLVER = FakeSolver({RIGHT: SOLUTION, WRONG: TAKEN_IN})


@pytest.fixture(autouse=True)
def known_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "load_solver", lambda *_: SOLVER, raising=False)


def no_solver(*_: object) -> None:
    raise AssertionError("no solver was asked for")


def marks(label: str = "3") -> list[dict[str, object]]:
    """The regions of the puzzle that the solver knows."""
    boxes = [(at.x - at.size / 2, at.y - at.size / 2, at.size) for at in TARGETS]
    return [digit(label), *(rectangle("+", x, y, side, side) for x, y, side in boxes)]


@pytest.fixture
def puzzles(tmp_path: Path) -> Path:
    """Task 1 right, 2 wrong, 3 no picture, 4 labelled with another digit, 5 missing."""
    tasks = [task(annotation(marks()), number=number, split="train") for number in (1, 2, 3, 5)]
    tasks.insert(3, task(annotation([*marks("5"), answer("3")]), number=4, split="test"))
    folder = tmp_path / "puzzles"
    (folder / "images").mkdir(parents=True)
    (folder / "labels.json").write_text(json.dumps(tasks))
    for number, content in enumerate((RIGHT, WRONG, b"garbage", RIGHT), 1):
        (folder / "images" / f"{number}.jpg").write_bytes(content)
    return folder


def test_evaluate_prints_one_object(puzzles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(puzzles), "--json"]) == 0
    shown = capsys.readouterr()
    value = json.loads(shown.out)
    assert (value["accuracy"], value["correct"], value["scored"]) == (0.5, 2, 4)
    assert value["failed"] == 1
    assert value["lost_to"]["match"] == 1
    assert "Label problems: 1 in 1 task(s)" in shown.err


def test_evaluate_says_what_each_stage_would_give_back(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles)]) == 0
    shown = capsys.readouterr().out
    assert "lost to match\t1\n" in shown
    assert "regained by match\t+0.2500\n" in shown
    assert "regained by layout\t+0.2500\n" in shown


def test_only_wrong_answers_are_run_again(puzzles: Path) -> None:
    SOLVER.again.clear()
    assert main(["evaluate", str(puzzles), "--json"]) == 0
    assert set(SOLVER.again) == {WRONG}


def test_evaluate_gives_the_confidence_that_keeps_a_target_risk(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), "--json", "--target-risk", "0.98"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["threshold"]["target_risk"] == 0.98
    assert value["threshold"]["coverage"] == value["coverage_risk"][-1]["coverage"] == 0.75
    assert 0 < value["aurc"] < 1
    assert main(["evaluate", str(puzzles), "--target-risk", "0.98"]) == 0
    assert "threshold confidence\t0.96\n" in capsys.readouterr().out


def test_evaluate_says_how_many_answers_a_target_risk_takes(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), "--json", "--target-risk", "0.01"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["threshold"] is None
    assert "at least 597 answers without a mistake" in shown.err


@pytest.mark.parametrize("risk", ["0", "1", "-0.1", "much"])
def test_a_target_risk_that_is_none_is_wrong_usage(puzzles: Path, risk: str) -> None:
    assert main(["evaluate", str(puzzles), "--target-risk", risk]) == 2


def test_evaluate_prints_a_table_to_read(puzzles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(puzzles)]) == 0
    assert "accuracy\t0.5\n" in capsys.readouterr().out


def two_solvers(ref: str | None, *_: object) -> FakeSolver:
    name = Path(ref or "").name
    answers = {RIGHT: SOLUTION, WRONG: SOLUTION} if name == "other" else SOLVER.answers
    return FakeSolver(answers, f"{name}@000000000000")


@pytest.fixture
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that name two models, whose folders are there."""
    monkeypatch.setattr(solver, "load_solver", two_solvers)
    monkeypatch.chdir(tmp_path)
    for name in ("one", "other", "a model"):
        (tmp_path / name).mkdir()
        config = json.dumps({"format": 1, "name": name, "encoder": {"kind": "polar"}})
        (tmp_path / name / "config.json").write_text(config)
    return ["--model", "one", "--model", "other"]


def test_several_models_are_shown_side_by_side(
    puzzles: Path, two_models: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), *two_models]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    table = {name: cells for name, *cells in rows}
    assert table["model"] == ["one@000000000000", "other@000000000000"]
    assert table["accuracy"] == ["0.5", "0.75"]
    assert (table["gained"], table["lost"]) == (["", "1"], ["", "0"])
    assert table["p (McNemar)"] == ["", "1"]


def test_several_models_are_one_object_a_line(
    puzzles: Path, two_models: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), "--json", *two_models]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert "paired" not in first
    paired = {"against": "one@000000000000", "both": 4, "gained": 1, "lost": 0, "p": 1.0}
    assert second["paired"] == paired


def test_a_report_compares_two_models_and_no_more(
    puzzles: Path, two_models: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    report = puzzles / "report.html"
    command = ["evaluate", str(puzzles), *two_models]
    assert main([*command, "--report", str(report)]) == 0
    shown = report.read_text()
    assert "Fixed: 1" in shown
    assert "Broken: 0" in shown
    assert "Both wrong: 1" in shown
    assert main([*command, "--model", "one", "--report", str(report)]) == 2
    assert "two to compare" in capsys.readouterr().err


def test_a_model_that_is_not_there_is_answered_with_the_nearest(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), "--model", "smal"]) == 1
    assert "did you mean 'small'?" in capsys.readouterr().err


@pytest.mark.usefixtures("two_models")
def test_a_model_in_a_variable_may_hold_blanks(
    puzzles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORRERY_MODEL", "a model")
    assert main(["evaluate", str(puzzles), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "a model@000000000000"


def test_evaluate_takes_one_split_and_a_limit(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(puzzles), "--json", "--split", "test"]) == 0
    assert json.loads(capsys.readouterr().out)["scored"] == 1
    assert main(["evaluate", str(puzzles), "--json", "--split", "train", "--limit", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == 1.0


def test_evaluate_writes_a_report(puzzles: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    assert main(["evaluate", str(puzzles), "--report", str(report)]) == 0
    shown = report.read_text()
    assert "Evaluation on puzzles" in shown
    assert "Wrong: 2" in shown


def test_a_report_that_cannot_be_written_is_refused_before_the_first_puzzle(
    puzzles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "load_solver", no_solver)
    assert main(["evaluate", str(puzzles), "--report", str(puzzles / "none" / "report.html")]) == 1
    assert "report.html cannot be written" in capsys.readouterr().err


def test_a_folder_without_labels_is_an_error_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path)]) == 1
    assert "labels.json" in capsys.readouterr().err


def test_a_dataset_without_a_puzzle_is_an_error(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for picture in (puzzles / "images").iterdir():
        picture.unlink()
    assert main(["evaluate", str(puzzles)]) == 1
    assert "no puzzle" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["evaluate", str(tmp_path / "nowhere")]) == 2
    assert main(["labels", str(tmp_path / "nowhere")]) == 2


def test_labels_lists_problems_and_suspects(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["labels", str(puzzles), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    faults = [(one["task"], one["code"]) for one in value["problems"]]
    assert faults == [
        ("5", "missing_image"),
        ("3", "not_a_picture"),
        ("4", "duplicate_picture"),
        ("4", "leak"),
    ]
    assert "kept for train and this one for test" in value["problems"][2]["message"]
    assert ("4", "digit") in [(one["task"], one["kind"]) for one in value["suspects"]]
    scores = [one["score"] for one in value["suspects"]]
    assert scores == sorted(scores, reverse=True)
    counts = value["statistics"]
    assert (counts["pictures"], counts["duplicates"], counts["unreadable"]) == (3, 1, 1)
    assert counts["digits"] == {"1": 0, "2": 0, "3": 3, "4": 0, "5": 1, "none": 0}
    assert counts["orbits"] == {"1": 3, "2": 3, "3": 3, "4": 3, "5": 3, "none": 0}
    assert counts["sizes"] == {"100x40": 3}


def test_labels_prints_a_line_a_fault(puzzles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels", str(puzzles)]) == 0
    shown = capsys.readouterr()
    lines = [line.split("\t")[:2] for line in shown.out.splitlines()]
    assert ["5", "missing_image"] in lines
    assert ["4", "suspect_digit"] in lines
    assert "Puzzles: 4. Problems: 4." in shown.err


def test_labels_can_do_without_a_solver(
    puzzles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "load_solver", no_solver, raising=False)
    assert main(["labels", str(puzzles), "--no-solver", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["suspects"] == []


def test_a_corrected_copy_is_written_and_the_dataset_stays_as_it_was(
    puzzles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (puzzles / "labels.json").read_bytes()
    assert main(["labels", str(puzzles), "--json"]) == 0
    named = json.loads(capsys.readouterr().out)["suspects"]
    chosen = puzzles.parent / "corrections.json"
    chosen.write_text(json.dumps([one for one in named if one["task"] == "4"][:1]))
    out = puzzles.parent / "corrected"
    command = ["labels", str(puzzles), "--apply", str(chosen), "--out", str(out)]
    assert main([*command, "--json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change == {"task": "4", "what": "digit", "from": "5", "to": "3"}
    assert (puzzles / "labels.json").read_bytes() == before
    assert json.loads((out / "corrections.json").read_text())["changes"] == [change]
    assert main(["labels", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["statistics"]["digits"]["3"] == 4
    assert main(command) == 1
    assert "there already" in capsys.readouterr().err


def test_labelme_files_are_corrected_one_by_one(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "corrected"
    data.mkdir()
    for name in ("7", "8"):
        (data / f"{name}.json").write_text(json.dumps(labelme(name)))
        (data / f"{name}.jpg").touch()
    chosen = tmp_path / "chosen.json"
    chosen.write_text('[{"task": "7", "correction": {"digit": 4}}]')
    assert main(["labels", str(data), "--apply", str(chosen), "--out", str(out)]) == 0
    digits = {puzzle.id: puzzle.digit for puzzle in read(out).puzzles}
    assert digits == {"7": 4, "8": 3}
    assert (out / "8.json").read_bytes() == (data / "8.json").read_bytes()
    assert read(data).puzzles[0].digit == 3
    for path in data.glob("*.json"):
        path.unlink()
    again = ["labels", str(data), "--apply", str(chosen), "--out", str(tmp_path / "again")]
    assert main(again) == 1


def test_corrections_go_with_a_place_for_the_copy(puzzles: Path) -> None:
    assert main(["labels", str(puzzles), "--out", str(puzzles / "new")]) == 2
    chosen = puzzles / "labels.json"
    inside = ["labels", str(puzzles), "--apply", str(chosen), "--out", str(puzzles / "new")]
    assert main(inside) == 1
    assert not (puzzles / "new").exists()
