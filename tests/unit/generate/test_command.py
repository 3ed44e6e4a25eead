"""`orrery generate` as a user calls it."""

import json

import pytest
from click.testing import CliRunner

from cli.generate import generate
from cli.main import main


def test_it_writes_a_dataset_and_keeps_standard_output_clean(tmp_path):
    out = tmp_path / "puzzles"
    result = CliRunner().invoke(
        generate, [str(out), "--count", "2", "--seed", "4", "--difficulty", "easy"]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert f"2 puzzles in {out}" in result.stderr
    assert len(list((out / "images").iterdir())) == 2


def test_held_out_styles_are_drawn_when_asked_for(tmp_path):
    out = tmp_path / "puzzles"
    asked = [str(out), "--count", "1", "--difficulty", "easy", "--styles", "held-out"]
    result = CliRunner().invoke(generate, asked)
    assert result.exit_code == 0, result.output
    assert json.loads((out / "truth.jsonl").read_text())["styles"]["split"] == "held-out"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--count", "0"], "--count"),
        ([], "--count"),
        (["--count", "1", "--difficulty", "extreme"], "--difficulty"),
        (["--count", "1", "--label-noise", "2"], "--label-noise"),
        (["--count", "1", "--assets", "other"], "--assets"),
        (["--count", "1", "--styles", "other"], "--styles"),
    ],
)
def test_wrong_usage_names_the_option(tmp_path, arguments, named):
    result = CliRunner().invoke(generate, [str(tmp_path / "out"), *arguments])
    assert result.exit_code == 2
    assert named in result.stderr


def test_a_folder_that_holds_something_is_a_failure_in_one_line(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["generate", str(tmp_path), "--count", "1"]) == 1
    assert capsys.readouterr().err.startswith(f"orrery: {tmp_path} is not empty")
