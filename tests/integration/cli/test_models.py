"""`orrery models` against a model folder and against the real API."""

import json
from pathlib import Path

import pytest

from cli.main import main
from solver.model_folder import identify
from store import models
from store.session import Database
from tests.unit.solver.models import untrained

OLD, NEW = "small@000000000001", "small@000000000002"


@pytest.fixture
def registry(service: Database) -> Database:
    """A running API with two models."""
    with service.begin() as session:
        models.register(session, OLD, "small", card={"accuracy": 0.5}, state="champion")
        models.register(session, NEW, "small", card={"accuracy": 0.9}, origin=models.Origin(OLD))
    return service


def states(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["models", "list", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {model["id"]: model["state"] for model in listed}


def test_the_models_here_and_those_of_the_service_are_listed(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    found = states(capsys)
    assert (found[OLD], found[NEW]) == ("champion", "candidate")
    assert "shipped" in found.values()


def test_a_promoted_model_is_champion_until_it_is_rolled_back(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "promote", NEW]) == 0
    assert f"{NEW} is the champion now" in capsys.readouterr().err
    assert states(capsys)[OLD] == "archived"
    assert main(["models", "rollback"]) == 0
    assert states(capsys)[OLD] == "champion"


def test_a_rollback_with_no_champion_before_says_so(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "rollback"]) == 1
    assert "no model was champion before" in capsys.readouterr().err


def test_the_card_of_a_model_of_the_service_is_shown(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "show", NEW]) == 0
    shown = capsys.readouterr().out
    assert f"lineage: {NEW} from {OLD}" in shown
    assert "gate: never asked" in shown
    assert "accuracy\t0.9" in shown


def test_the_decision_of_the_gate_is_shown(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with registry.begin() as session:
        models.get(session, NEW).gate = {"passed": False, "reasons": ["worse at the digit 4"]}
    assert main(["models", "show", NEW]) == 0
    assert "gate: refused (worse at the digit 4)" in capsys.readouterr().out


def test_a_model_goes_through_a_file_to_a_service_and_back(
    registry: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = untrained(tmp_path / "models" / "tiny")
    sent, returned = tmp_path / "sent.zip", tmp_path / "returned.zip"
    assert main(["models", "export", str(folder), str(sent), "--local"]) == 0
    assert main(["models", "import", str(sent)]) == 0
    model_id = capsys.readouterr().out.strip()
    assert model_id == identify(folder)
    assert states(capsys)[model_id] == "candidate"
    assert main(["models", "export", model_id, str(returned)]) == 0
    assert returned.read_bytes() == sent.read_bytes()


def test_a_model_goes_through_a_file_to_another_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORRERY_URL", raising=False)
    monkeypatch.setenv("ORRERY_DATA_DIR", str(tmp_path / "there"))
    folder = untrained(tmp_path / "tiny")
    file = tmp_path / "tiny.zip"
    assert main(["models", "export", str(folder), str(file)]) == 0
    for _ in range(2):
        assert main(["models", "import", str(file)]) == 0
        assert capsys.readouterr().out.strip() == identify(folder)
    there = tmp_path / "there" / "models" / "tiny"
    assert identify(there) == identify(folder)
    assert (there / "graphs.zip").exists()
    assert main(["models", "show", "tiny"]) == 0
    assert "lineage: tiny@" in capsys.readouterr().out
    assert [path.name for path in there.parent.iterdir()] == ["tiny"]


def test_a_file_that_is_no_model_or_was_changed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORRERY_URL", raising=False)
    monkeypatch.setenv("ORRERY_DATA_DIR", str(tmp_path / "there"))
    file = tmp_path / "tiny.zip"
    assert main(["models", "export", str(untrained(tmp_path / "tiny")), str(file)]) == 0
    data = bytearray(file.read_bytes())
    data[data.index(b"hint.safetensors") + 5_000] ^= 1
    file.write_bytes(data)
    assert main(["models", "import", str(file)]) == 1
    assert "tiny.zip is no model" in capsys.readouterr().err
    assert not (tmp_path / "there").exists()
    assert main(["models", "export", str(tmp_path / "tiny"), str(file)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_a_model_that_nobody_knows_is_named(
    registry: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "show", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err


def test_the_shipped_model_is_shown_with_its_card(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "small", "--json"]) == 0
    model = json.loads(capsys.readouterr().out)
    assert model["id"].startswith("small@")
    assert model["card"]


def test_without_a_service_an_unknown_model_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models", "show", "nobody"]) == 1
    assert "no model 'nobody'" in capsys.readouterr().err
