"""Gate, comparison and replay from the command line, against the real API and a worker's way."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from api import create_app
from cli.main import main
from store import jobs, keys
from store.blobs import Blobs
from store.session import Database, open_database
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
def case(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """A running API and worker, with a champion and a candidate that one digit broke."""
    settings = Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        broker_url="redis://127.0.0.1:1/0",
        blob_url=str(tmp_path / "blobs"),
        min_free_bytes=0,
    )
    database: Database = open_database(sqlite_url)
    made = Case(settings, database, Blobs(settings.blob_url), PUZZLES)
    made.add_model("broken", tmp_path)
    with database.begin() as session:
        _, key = keys.create(session, "operator", ["admin"])
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    worker = Worker(made)
    worker.start()
    monkeypatch.setenv("ORRERY_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ORRERY_API_KEY", key)
    yield made
    worker.stop.set()
    worker.join()
    server.shutdown()
    serving.join()
    server.server_close()
    database.dispose()
    app.extensions["orrery"].database.dispose()
    app.extensions["orrery"].publisher.close()


def test_a_candidate_is_judged_compared_and_refused(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "gate", "broken", "--dataset", case.dataset_id, "--wait"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("refused\n- ")
    assert "worse on digit 3" in shown
    assert main(["models", "promote", "broken"]) == 1
    assert "worse on digit 3" in capsys.readouterr().err
    after, before = (row.id for row in case.log())

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
