"""`orrery datasets` against the real API."""

import json
from pathlib import Path

import pytest

from cli.main import main
from store import datasets, reviews
from store.session import Database
from tests.integration.api.parts import Json, picture, work_off
from tests.integration.api.test_audits import suspect
from tests.unit.dataset.labelled import annotation, task, whole


@pytest.fixture
def dataset_id(service: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A dataset of one puzzle that was uploaded, checked and audited."""
    folder = tmp_path / "spring"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "7.jpg").write_bytes(picture())
    (folder / "labels.json").write_text(json.dumps([task(annotation(whole()), number=7)]))
    assert main(["datasets", "add", str(folder)]) == 0
    found = capsys.readouterr().out.strip()
    with service.begin() as session:
        statistics = {"digits": {"3": 1}}
        row = datasets.checked(
            session, found, status="ready", puzzles=1, problems=[], statistics=statistics
        )
        reviews.suspected(session, row, [suspect("7", 0.9)], {"suspects": 1})
    work_off(service)
    return found


def shown(capsys: pytest.CaptureFixture[str], *command: str) -> Json:
    """What a command prints as JSON."""
    assert main([*command, "--json"]) == 0
    found: Json = json.loads(capsys.readouterr().out)
    return found


def test_a_dataset_is_shown_with_what_it_holds(
    dataset_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys, "datasets", "show", dataset_id)["statistics"]["digits"] == {"3": 1}
    assert main(["datasets", "show", dataset_id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "digits 3\t1" in lines
    assert "audit suspects\t1" in lines


def test_a_label_goes_from_suspect_to_review_to_a_corrected_version(
    service: Database, dataset_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job = shown(capsys, "datasets", "audit", dataset_id)
    assert (job["kind"], job["dataset"]) == ("evaluate", dataset_id)
    one = shown(capsys, "datasets", "suspects", dataset_id)
    review = ["datasets", "review", dataset_id, one["task"], "wrong", "--note", "seen"]
    assert main([*review, "--correction", json.dumps(one["correction"])]) == 0
    assert main(["datasets", "suspects", dataset_id]) == 0
    row = capsys.readouterr().out.splitlines()[-1].split("\t")
    assert row[:5] == ["7", "digit", "", "0.9", "wrong"]
    made = shown(capsys, "datasets", "correct", dataset_id, "--why", "seen")
    assert made["parent"] == dataset_id
    origin = shown(capsys, "datasets", "show", made["id"])["origin"]
    assert (origin["why"], len(origin["changes"])) == ("seen", 1)


def test_corrections_come_from_a_file_of_suspects_too(
    dataset_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = tmp_path / "chosen.json"
    chosen.write_text(json.dumps([suspect("7", 0.9)]))
    command = ["datasets", "correct", dataset_id, "--why", "all of them"]
    assert shown(capsys, *command, "--changes", str(chosen))["parent"] == dataset_id
    for broken in ("{", "{}", "[1]"):
        chosen.write_text(broken)
        assert main([*command, "--changes", str(chosen)]) == 1
    assert main(["datasets", "review", dataset_id, "7", "wrong", "--correction", "{"]) == 1


def test_a_dataset_is_deleted(dataset_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "delete", dataset_id]) == 0
    assert main(["datasets", "show", dataset_id]) == 1
    assert "there is no dataset" in capsys.readouterr().err
