"""The variables that stand for options, in every command that has a solver."""

import json
from pathlib import Path

import pytest

from cli.main import main

COMMANDS = {
    "solve": ["solve", "1.jpg"],
    "explain": ["explain", "1.jpg", "--out", "drawn.png"],
    "evaluate": ["evaluate", "."],
    "labels": ["labels", "."],
}


@pytest.fixture(autouse=True)
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is a dataset with one file that is no picture."""
    monkeypatch.chdir(tmp_path)
    Path("1.jpg").write_bytes(b"no picture")
    task = {"id": 1, "data": {"image": "1.jpg"}, "annotations": [{"result": []}]}
    Path("labels.json").write_text(json.dumps([task]))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [("ORRERY_MODEL", "nowhere", "no model 'nowhere'"), ("ORRERY_DEVICE", "abacus", "'abacus'")],
)
def test_a_variable_chooses_model_and_device(
    command: list[str],
    variable: str,
    value: str,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(command) == 1
    assert named in capsys.readouterr().err


def test_no_number_of_threads_leaves_it_to_the_machine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORRERY_THREADS", "0")
    assert main(["solve", "1.jpg", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_a_picture"
    assert main(["evaluate", ".", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == 1
