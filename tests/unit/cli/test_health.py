"""`orrery health`, against a real server and a real broker."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import redis

from cli.main import main
from cli.valkey import free_port
from store import presence
from store.presence import SCHEDULER, TRAINER, WORKER, Hello
from store.settings import settings


class Answers(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_an_api_that_answers_is_well(server: int) -> None:
    assert main(["health", "api", "--port", str(server)]) == 0


def test_an_api_that_answers_with_an_error_is_not_well(
    server: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Answers, "status", 500)
    assert main(["health", "api", "--port", str(server)]) == 1
    assert "answers with status 500" in capsys.readouterr().err


def test_an_api_that_is_not_there_is_not_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "api", "--port", str(free_port())]) == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.fixture
def broker(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    monkeypatch.setenv("ORRERY_BROKER_URL", broker_url)
    settings.cache_clear()
    client = presence.connect(broker_url)
    yield client
    client.flushdb()
    settings.cache_clear()


def test_a_worker_that_said_hello_from_this_machine_is_well(broker: redis.Redis) -> None:
    presence.say(broker, WORKER, Hello(f"{socket.gethostname()}:17", "small@0123456789ab", "cpu"))
    assert main(["health", "worker"]) == 0


def test_a_worker_of_another_machine_says_nothing_about_this_one(
    broker: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    presence.say(broker, WORKER, Hello(f"{socket.gethostname()}-2:17"))
    assert main(["health", "worker"]) == 1
    assert "no worker on this machine" in capsys.readouterr().err


def test_a_trainer_is_well_by_itself_and_no_worker_that_solves(
    broker: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    presence.say(broker, TRAINER, Hello(f"{socket.gethostname()}:17"))
    assert main(["health", "trainer"]) == 0
    assert main(["health", "worker"]) == 1
    assert "no worker on this machine" in capsys.readouterr().err


def test_a_scheduler_that_said_hello_is_well_and_one_that_did_not_is_named(
    broker: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["health", "beat"]) == 1
    assert "no scheduler on this machine" in capsys.readouterr().err
    presence.say(broker, SCHEDULER, Hello(f"{socket.gethostname()}:18"))
    assert main(["health", "beat"]) == 0
