"""A real service from start to stop under hostile use: secrets, connections, memory, pictures."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx
import pytest
from celery import Celery

from store.queues import QUEUES, RUN_CHUNK
from tests.acceptance import service as acceptance
from tests.acceptance.service import Service
from tests.fuzz import hostile
from tests.security import memory, sockets

#: Where a picture or a label would have a careless service look.
METADATA = "http://169.254.169.254/latest/meta-data"
WRONG = "orr_0123456789.this-key-was-never-made-and-must-not-be-seen"


@dataclass
class Run:
    """A service that was used, and all that nobody may find again."""

    service: Service
    contacts: Path
    canary: "Canary"
    secrets: dict[str, str] = field(default_factory=dict)
    results: list[dict[str, object]] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    growth: dict[str, float] = field(default_factory=dict)
    unpickled: Path = field(init=False)
    remote: list[object] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


class Canary:
    """A server on loopback that nobody has a reason to call."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/1.jpg"
        self.calls = 0
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.calls += 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A service with one worker, used in every way that these tests ask about."""
    folder = tmp_path_factory.mktemp("security")
    contacts = sockets.install(folder / "hook")
    with pytest.MonkeyPatch.context() as patch:
        own = acceptance.environment()
        path = os.pathsep.join([str(contacts.parent), own["PYTHONPATH"]])
        loud = {"PYTHONPATH": path, "ORRERY_LOG_LEVEL": "DEBUG"}
        patch.setattr(acceptance, "environment", lambda: own | loud)
        service = Service(folder / "data", workers=1)
        service.start()
    found = Run(service, contacts, Canary())
    try:
        _use(found)
        yield found
    finally:
        service.stop()
        found.canary.socket.close()


def _use(run: Run) -> None:
    client = run.service.client
    made = client.post("/v1/keys", json={"name": "lab", "scopes": ["read", "submit"]}).json()
    run.secrets = {
        "administrator's key": run.service.key,
        "made key": made["key"],
        "wrong key": WRONG,
        "broker's password": _broker_password(run.service.folder),
    }
    run.unpickled = run.service.folder.parent / "unpickled"
    _send_pickles(run)
    _misuse(run, made["key"])
    _sign_in(run, made["key"])
    _upload_labels(run)
    run.results = run.service.wait(_odd_pictures(run.service))
    run.commands = [process.command for process in run.service.running()]
    _bomb(run)
    client.delete(f"/v1/keys/{made['id']}").raise_for_status()


def _broker_password(folder: Path) -> str:
    return re.findall(r"requirepass (\w+)", (folder / "broker" / "valkey.conf").read_text())[0]


class Payload:
    """Makes a file as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def _send_pickles(run: Run) -> None:
    """Put messages into each queue that do harm when unpickled, and try remote control."""
    config = (run.service.folder / "broker" / "valkey.conf").read_text()
    port = re.findall(r"port (\d+)", config)[0]
    url = f"redis://:{_broker_password(run.service.folder)}@127.0.0.1:{port}/0"
    with Celery(broker=url) as app, app.connection_for_write() as connection:
        for queue in QUEUES:
            # Two: Celery's own task envelope, and a body that is nothing but the pickle.
            app.send_task(RUN_CHUNK, [Payload(run.unpickled)], queue=queue, serializer="pickle")
            connection.Producer().publish(
                Payload(run.unpickled), serializer="pickle", routing_key=queue, exchange=""
            )
        run.remote = [app.control.ping(timeout=1), app.control.inspect(timeout=1).stats()]


def _misuse(run: Run, key: str) -> None:
    """Send keys where they do not belong, and requests that fail."""
    with httpx.Client(base_url=run.service.client.base_url, timeout=60) as http:
        for sent in (WRONG, key):
            bearer = {"Authorization": f"Bearer {sent}"}
            run.answers += [
                http.get("/v1/jobs", headers=bearer),
                http.get("/v1/jobs", headers={"Authorization": f"Basic {sent}"}),
                http.get("/v1/jobs", headers=bearer, params={"api_key": sent}),
                http.get(f"/v1/keys/{sent}", headers=bearer),
                http.get(f"/nowhere/{sent}", headers={"Accept": "text/html"}),
                http.post("/v1/jobs/evaluate", headers=bearer, json={"dataset": "x", "key": sent}),
                http.post("/v1/jobs/evaluate", headers=bearer, content=b'{"dataset": '),
                http.post("/v1/jobs/solve", headers=bearer, files={"images": ("a", b"no")}),
            ]


def _sign_in(run: Run, key: str) -> None:
    with httpx.Client(base_url=run.service.client.base_url, timeout=60) as browser:
        for sent in (WRONG, key):
            token = re.findall('name="csrf" value="([^"]+)"', browser.get("/").text)[0]
            run.answers.append(browser.post("/sign-in", data={"csrf": token, "key": sent}))
        run.answers += [browser.get("/"), browser.get("/jobs")]
        run.secrets["cookie"] = browser.cookies["orrery"]


def _upload_labels(run: Run) -> None:
    """Labels whose pictures are addresses, next to a picture that is there."""
    tasks = [hostile.labels(n, to) for n, to in enumerate([METADATA, run.canary.url, "1.jpg"])]
    sheet = b"[" + b",".join(task[1:-1] for task in tasks) + b"]"
    packed = hostile.zipped({"labels.json": sheet, "1.jpg": hostile.saved(hostile.noise(), "JPEG")})
    client = run.service.client
    answer = client.post("/v1/datasets", files={"archive": ("d.zip", packed)})
    assert answer.status_code == 201, answer.text
    job = client.get("/v1/jobs?kind=import").json()["items"][0]["id"]
    run.service.wait(job)


def _odd_pictures(service: Service) -> str:
    return service.submit([(name, make()) for name, make in hostile.PICTURES.items()])


def _bomb(run: Run) -> None:
    """Send the bomb alone, which the API refuses, and beside a picture, where a worker gets it."""
    pids = {kind: [it.pid for it in run.service.of_kind(kind)] for kind in ("API", "pool child")}
    bomb = hostile.bomb()
    with memory.growth([pid for found in pids.values() for pid in found]) as grown:
        alone = run.service.client.post("/v1/jobs/solve", files={"images": ("bomb.png", bomb)})
        assert alone.status_code == 413, alone.text
        beside = [("bomb.png", bomb), ("a.jpg", hostile.saved(hostile.noise(), "JPEG"))]
        [refused, _] = run.service.wait(run.service.submit(beside))
        assert refused["error"]["code"] == "too_large"
    run.growth = {kind: max(grown[pid] for pid in found) for kind, found in pids.items()}


@pytest.mark.parametrize("place", ["logs", "orrery.db", "orrery.db-wal", "blobs", "metrics"])
def test_no_secret_is_kept_in_the_clear(run: Run, place: str) -> None:
    root = run.service.folder / place
    files = [root] if root.is_file() else [it for it in root.rglob("*") if it.is_file()]
    for path in files:
        content = path.read_bytes()
        for name, secret in run.secrets.items():
            # The part before the dot of a key only tells which it is.
            assert secret.rpartition(".")[2].encode() not in content, f"{name} in {path}"
    assert files or place == "orrery.db-wal"


def test_a_worker_unpickles_no_message_and_takes_no_remote_control(run: Run) -> None:
    assert not run.unpickled.exists()
    assert run.remote == [[], None]
    log = (run.service.folder / "logs" / "worker-1.log").read_text()
    assert "Refusing to deserialize" in log


def test_logs_are_there_to_be_searched(run: Run) -> None:
    lines = {path.stem: path.read_text() for path in (run.service.folder / "logs").glob("*.log")}
    assert {"api", "beat", "broker", "worker-1"} <= lines.keys()
    assert "/v1/jobs/evaluate" in lines["api"]
    assert "orr_0123456789.***" in lines["api"]


def test_no_process_shows_a_secret_in_its_command_line(run: Run) -> None:
    assert len(run.commands) >= 5
    for secret in run.secrets.values():
        assert not any(secret.rpartition(".")[2] in command for command in run.commands)


def test_no_answer_holds_a_traceback_or_a_key_it_was_not_sent(run: Run) -> None:
    assert {answer.status_code for answer in run.answers} >= {200, 303, 401, 404, 415, 422}
    for answer in run.answers:
        assert answer.status_code < 500, f"{answer.url}: {answer.text}"
        assert "Traceback" not in answer.text
        assert "site-packages" not in answer.text
        assert run.service.key not in answer.text


def test_nobody_is_called_but_the_broker_and_the_api(run: Run) -> None:
    seen = list(sockets.contacts(run.contacts))
    broker = re.findall(r"port (\d+)", (run.service.folder / "broker/valkey.conf").read_text())[0]
    ours = {f"('127.0.0.1', {port})" for port in (broker, run.service.client.base_url.port)}
    called = {it.to for it in seen if it.event == "socket.connect"}
    assert {to for to in called if not to.startswith(("'/", "b'/"))} <= ours
    looked_up = {it.to.strip("'") for it in seen if it.event != "socket.connect"}
    assert looked_up <= {"127.0.0.1", "localhost", socket.gethostname()}
    assert any("worker" in it.process for it in seen)
    assert run.canary.calls == 0


def test_every_odd_picture_gets_an_answer_and_takes_nothing_down(run: Run) -> None:
    codes = {
        str(result["image"]): (result["error"] or {}).get("code")  # type: ignore[attr-defined]
        for result in run.results
    }
    assert codes.keys() == hostile.PICTURES.keys()
    expected = {
        "truncated JPEG": "truncated",
        "truncated PNG": "truncated",
        "header only": "truncated",
        "animated PNG": "animated",
        "animated WebP": "animated",
        "one pixel wide": "too_small",
        "one pixel high": "too_small",
        "empty": "empty",
        "SVG": "unsupported_format",
        "HTML that begins like a GIF": "unsupported_format",
        "pickle": "not_a_picture",
        "WebP bomb": "too_large",
        "picture bomb": "too_large",
    }
    assert {name: codes[name] for name in expected} == expected
    assert "process_died" not in codes.values()
    log = (run.service.folder / "logs" / "worker-1.log").read_text()
    assert "exited prematurely" not in log


@pytest.mark.parametrize("kind", ["API", "pool child"])
def test_the_picture_bomb_costs_less_than_200_megabytes(run: Run, kind: str) -> None:
    assert run.growth[kind] < 200


#: Runs a command and tells the peak of its memory; a small process of its own, because the kernel
#: counts what the parent had at the time of the fork.
MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def solved(path: Path) -> tuple[int, float, str]:
    """Exit status, peak of memory in megabytes and output of `orrery solve`."""
    command = [sys.executable, "-m", "cli", "solve", str(path), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        capture_output=True,
        text=True,
        check=True,
        env=acceptance.environment(),
        timeout=120,
    )
    status, kibibytes = map(int, done.stdout.split())
    return status, kibibytes * 1024 / 1e6, done.stderr


def test_the_command_line_refuses_the_picture_bomb_under_200_megabytes(tmp_path: Path) -> None:
    bomb, nothing = tmp_path / "bomb.png", tmp_path / "nothing.png"
    bomb.write_bytes(hostile.bomb())
    nothing.touch()
    status, peak, told = solved(bomb)
    assert status == 1
    assert "too_large" in told
    # A picture without a byte costs the same start.
    assert peak - solved(nothing)[1] < 20
    assert peak < 200
