"""`orrery train`, and the commands that find what it made."""

import json
import shutil
from pathlib import Path

import pytest

from cli.main import main


@pytest.fixture
def data(tmp_path: Path, headed, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that knows the crops of the dataset already."""
    folder = tmp_path / "data"
    for stage in ("prepare", "embed"):
        shutil.copytree(headed[1] / stage, folder / "training" / stage)
    monkeypatch.setenv("ORRERY_DATA_DIR", str(folder))
    return folder


def test_a_trained_model_is_found_by_its_name(data, puzzles, clip, capsys):
    command = ["train", str(puzzles), "--model", "mine", "--epochs", "1", "--threads", "1"]
    assert main([*command, "--checkpoint", clip.checkpoint, "--json"]) == 0
    shown = capsys.readouterr()
    made = json.loads(shown.out)
    assert made["model_id"].startswith("mine@")
    assert made["path"] == str(data / "models" / "mine")
    assert made["before"]["model"].startswith("small@")
    assert made["after"]["accuracy_interval"]
    assert "embed was skipped: nothing changed" in shown.err
    assert "too wide to trust" in shown.err

    assert main(["models", "list", "--json"]) == 0
    listed = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert made["model_id"] in listed
    picture = str(next((puzzles / "images").iterdir()))
    for ref in ("mine", made["model_id"]):
        assert main(["solve", picture, "--model", ref, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["model"] == made["model_id"]
    assert main(["solve", picture, "--model", "mine@000000000000"]) == 1
    assert main(["models", "show", "mine"]) == 0
    assert "# mine" in capsys.readouterr().out
    assert main([*command, "--checkpoint", clip.checkpoint]) == 1
    assert "there is a model mine already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--kind", "full", "--checkpoint", "."], "go with --kind head"),
        (["--encoder", "ViT-B-32"], "needs its weights"),
        (["--pretrained", "openai", "--checkpoint", "."], "give one"),
        (["--epochs", "0"], "--epochs"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(options, says, puzzles, capsys):
    assert main(["train", str(puzzles), *options]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--model", "../mine"], "cannot name a model"),
        (["--model", "small"], "there is a model small already"),
        (["--parent", "nowhere"], "there is no model 'nowhere'"),
        (["--pretrained", "no_tag"], "knows no tag 'no_tag'"),
    ],
)
def test_what_cannot_be_trained_is_one_line_and_status_one(options, says, puzzles, data, capsys):
    assert main(["train", str(puzzles), *options]) == 1
    assert says in capsys.readouterr().err
    assert not list(data.glob("models/*"))
