"""Gate, comparison and replay from the command line, against the real API and a worker's way."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from store import jobs
from store.blobs import Blobs
from store.session import Database
from store.settings import Settings
from tests.integration.worker.case import MODEL, Case, Puzzle

PUZZLES = [
    Puzzle(
        f"tile {n % 5 + 1} broken {4 if n // 5 % 5 == 2 else n % 5 + 1}",
        n % 5 + 1,
        n // 5 % 5 + 1,
        "test",
    )
    for n in range(75)
]


class Worker(threading.Thread):
    """Carries out what comes, until told to stop."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case, self.stop = case, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.05):
            self.case.work()
            self.case.finisher.finish_all()


@pytest.fixture
def case(service: Database, settings: Settings, tmp_path: Path) -> Iterator[Case]:
    """A running API and worker, with a champion and a candidate that one digit broke."""
    made = Case(settings, service, Blobs(settings.blob_url), PUZZLES)
    made.add_model("broken", tmp_path)
    worker = Worker(made)
    worker.start()
    yield made
    worker.stop.set()
    worker.join()


def test_a_candidate_is_judged_compared_and_refused(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "gate", "broken", "--dataset", case.dataset_id, "--wait"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("refused\n- ")
    assert "worse on digit 3" in shown
    assert main(["models", "promote", "broken"]) == 1
    assert "worse on digit 3" in capsys.readouterr().err
    log = {row.model: row.id for row in case.log()}
    before, after = log[MODEL], log["broken@0123456789ab"]

    assert main(["evaluations", "compare", before, after, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["counts"]["broken"], found["a"]["model"]) == (12, MODEL)
    assert main(["evaluations", "compare", before, after]) == 0
    assert "broken@0123456789ab" in capsys.readouterr().out
    assert main(["evaluations", "outcomes", after, "--wrong", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 12
    assert main(["evaluations", "show", after]) == 0
    assert "digit_accuracy" in capsys.readouterr().out

    assert main(["models", "promote", "broken", "--force"]) == 0
    assert case.model("broken").state == "champion"


def test_a_result_is_replayed(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    with case.database.begin() as session:
        items = [jobs.NewItem("1.png", case.blobs.put(b"tile 2"))]
        job, _ = jobs.accept(session, case.key_id, "solve", items, chunk_size=1)
    assert main(["jobs", "wait", job.id]) == 0
    capsys.readouterr()
    assert main(["jobs", "replay", job.id, "0"]) == 0
    assert capsys.readouterr().out.startswith("the same, bit for bit\n")
    assert main(["jobs", "replay", job.id, "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["champion_agrees"] is True
    assert main(["jobs", "replay", job.id, "7"]) == 1
