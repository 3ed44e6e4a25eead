"""The API as gunicorn serves it, and the commands that talk to it."""

import json
import re
import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from cli.client import Client
from cli.errors import CliError, ServiceAwayError
from cli.main import main
from store.session import Database, open_database
from tests.integration.api.parts import ERROR, new_key, picture, work_off, working
from tests.servers import Server, answers, free_port, wait_until


class Service:
    """A served API over SQLite, without a broker or workers."""

    def __init__(self, url: str, database: Database) -> None:
        self.url, self.database = url, database
        self.key = new_key(database, "admin")

    def client(self) -> Client:
        """A client with the administrator's key."""
        return Client(self.url, self.key)


@pytest.fixture(scope="module")
def _served(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The API served by gunicorn in two processes."""
    folder = tmp_path_factory.mktemp("service")
    path = shutil.copy(_migrated_sqlite, folder / "orrery.db")
    port = free_port()
    settings = {
        "ORRERY_DATA_DIR": str(folder),
        "ORRERY_DATABASE_URL": f"sqlite:///{path}",
        "ORRERY_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    command = [sys.executable, "-m", "cli", "api", "--port", str(port), "--workers", "2"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        server = Server(command, folder / "log", signal.SIGTERM, None)
        server.start()
    database = open_database(settings["ORRERY_DATABASE_URL"])
    found = Service(f"http://127.0.0.1:{port}", database)
    try:
        wait_until(lambda: answers(f"{found.url}/healthz"), "gunicorn's start")
        yield found
    finally:
        server.stop(signal.SIGTERM)
        database.dispose()


@pytest.fixture
def service(_served: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The served API, named in the variables that clients read."""
    monkeypatch.setenv("ORRERY_URL", _served.url)
    monkeypatch.setenv("ORRERY_API_KEY", _served.key)
    return _served


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of two pictures, one of them deeper, and a file that is none."""
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture())
    (folder / "deep" / 'b "ü".PNG').write_bytes(picture("PNG"))
    (folder / "notes.txt").write_text("hello")
    return folder


def test_gunicorn_serves_the_api_to_many_at_once(service: Service) -> None:
    headers = {"Authorization": f"Bearer {service.key}"}

    def send(number: int) -> int:
        files = [("images", (f"{number}.jpg", picture()))]
        url = f"{service.url}/v1/jobs/solve"
        return httpx.post(url, headers=headers, files=files, timeout=60).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, range(24))) == {202}
    metrics = httpx.get(f"{service.url}/metrics", timeout=60).text
    # Both processes count together, whichever of them answers.
    counted = re.search(r'requests_total{endpoint="jobs.solve".*status="202"} (\d+)', metrics)
    assert counted
    assert int(counted[1]) == 24


def test_a_body_without_a_length_is_bounded_too(service: Service) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield bytes(64 * 1024)

    headers = {"Authorization": f"Bearer {service.key}", "Content-Type": "application/json"}
    url = f"{service.url}/v1/jobs/evaluate"
    answer = httpx.post(url, headers=headers, content=pieces(), timeout=60)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_progress_streams_over_http_until_the_job_ends(service: Service) -> None:
    headers = {"Authorization": f"Bearer {service.key}"}
    job = httpx.post(
        f"{service.url}/v1/jobs/solve",
        headers=headers,
        files={"images": ("a.jpg", picture())},
        timeout=60,
    ).json()
    url = f"{service.url}/v1/jobs/{job['id']}/events"
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        work_off(service.database)
        assert "event: end" in list(lines)


def test_submit_waits_and_prints_the_solved_pictures(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with working(service.database):
        assert main(["submit", str(pictures), "--wait", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["image"] for line in lines] == ["a.jpg", 'deep/b "ü".PNG']
    assert lines[0]["point"] == [712.5, 88.0]


def test_submit_tells_by_its_exit_status_that_a_picture_has_no_answer(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with working(service.database, ERROR):
        assert main(["submit", str(pictures / "a.jpg"), "--wait"]) == 1
    assert "this is no picture" in capsys.readouterr().out


def test_an_archive_is_submitted_as_it_is(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = pictures / "p.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(pictures / "a.jpg", "x/a.jpg")
    assert main(["submit", str(packed)]) == 0
    job = capsys.readouterr().out.strip()
    with service.client() as client:
        assert client.job(job)["total"] == 1


def test_jobs_can_be_listed_shown_followed_cancelled_released_and_deleted(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with service.client() as client:
        first, second = (client.submit([pictures / "a.jpg"])["id"] for _ in range(2))
    assert main(["jobs", "list", "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == second
    assert main(["jobs", "cancel", second]) == 0
    assert "cancelled" in capsys.readouterr().err
    assert main(["jobs", "wait", second]) == 1
    with working(service.database):
        assert main(["jobs", "wait", first, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image"] == "a.jpg"
    assert main(["jobs", "results", first, "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("position,image,tile")
    assert main(["jobs", "results", first, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image"] == "a.jpg"
    assert main(["jobs", "show", first]) == 0
    assert "succeeded" in capsys.readouterr().out
    assert main(["jobs", "release", first]) == 0
    assert "1 of 1 done" in capsys.readouterr().err
    assert main(["jobs", "delete", first]) == 0
    assert main(["jobs", "show", first]) == 1
    assert "there is no job" in capsys.readouterr().err


def test_keys_are_made_listed_and_revoked(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "camera", "--scope", "read"]) == 0
    key = capsys.readouterr().out.strip()
    with Client(service.url, key) as client:
        assert client.get("/v1/jobs")["items"] == []
        with pytest.raises(CliError, match="scope"):
            client.get("/v1/keys")
    assert main(["keys", "list", "--json"]) == 0
    made = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (made["name"], made["scopes"]) == ("camera", ["read"])
    assert main(["keys", "revoke", made["id"]]) == 0
    with Client(service.url, key) as client, pytest.raises(CliError, match="revoked"):
        client.get("/v1/jobs")
    capsys.readouterr()
    assert main(["keys", "audit", "--limit", "2", "--json"]) == 0
    noted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [it["action"] for it in noted] == ["key.revoke", "key.create"]
    assert {it["subject"] for it in noted} == {made["id"]}


def test_a_folder_of_labels_and_images_becomes_a_dataset(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "labels.json").write_text("[]")
    assert main(["datasets", "add", str(pictures), "--nightly", "--json"]) == 0
    dataset = json.loads(capsys.readouterr().out)
    assert (dataset["name"], dataset["images"], dataset["nightly"]) == ("pictures", 2, True)
    assert main(["datasets", "add", str(pictures)]) == 0
    assert "orrery datasets show" in capsys.readouterr().err
    assert main(["datasets", "list"]) == 0
    assert dataset["id"] in capsys.readouterr().out
    assert main(["datasets", "show", dataset["id"]]) == 0
    capsys.readouterr()
    assert main(["evaluations", "run", dataset["id"]]) == 0
    assert main(["jobs", "show", capsys.readouterr().out.strip()]) == 0
    assert main(["evaluations", "list"]) == 0


def test_what_the_service_refuses_is_told_in_a_line(
    service: Service, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", str(pictures / "notes.txt")]) == 1
    assert "None of the files is a picture" in capsys.readouterr().err
    assert main(["jobs", "show", "x"]) == 1
    assert main(["submit", str(pictures), "--model", "none"]) == 1
    assert "there is no model 'none'" in capsys.readouterr().err


def test_wrong_usage_is_told_before_anything_is_sent(
    pictures: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["submit"]) == 2
    assert main(["submit", str(pictures / "missing.jpg")]) == 2
    assert main(["submit", str(pictures)]) == 1
    assert "ORRERY_API_KEY" in capsys.readouterr().err
    monkeypatch.setenv("ORRERY_API_KEY", "orr_x.y")
    (pictures / "empty").mkdir()
    assert main(["submit", str(pictures / "empty")]) == 1
    assert "no pictures" in capsys.readouterr().err


def test_a_service_that_does_not_answer_is_told(pictures: Path) -> None:
    with Client("http://127.0.0.1:1", "orr_x.y") as client, pytest.raises(ServiceAwayError):
        client.submit([pictures])
