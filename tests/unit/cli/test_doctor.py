"""`orrery doctor`, with each thing broken on purpose, one at a time."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import text

from cli.checks import Check, Finding, Status, installation, ok, run, servers, service, vision
from cli.main import main
from cli.valkey import free_port
from store import keys, migrate, presence
from store.presence import SCHEDULER, WORKER, Hello
from store.session import open_database
from store.settings import Settings
from tests.servers import Valkey

SECRET = "correct-horse-battery"


class Api(BaseHTTPRequestHandler):
    """Answers `/readyz` with what the test says."""

    status = 200
    body: Any = None

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.body).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Api, "status", 200)
    monkeypatch.setattr(Api, "body", {"status": "ready", "missing": {}})
    with HTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def whole(settings: Settings, api: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A set-up in which nothing is wrong, and nobody is forgotten while a test is slow."""
    monkeypatch.setattr(presence, "FORGOTTEN", 3600)
    settings.data_dir.chmod(0o700)
    (settings.data_dir / "blobs").mkdir()
    opened = open_database(settings.database_url)
    with opened.begin() as session:
        keys.create(session, "administrator", ["admin"])
    opened.dispose()
    with presence.connect(settings.broker_url) as broker:
        presence.say(broker, WORKER, Hello("host:1", "small@0123456789ab", "cpu"))
        presence.say(broker, SCHEDULER, Hello("host:2"))
    return settings.model_copy(update={"url": api})


def but(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update=changes)


def test_a_whole_set_up_has_nothing_to_mend(whole: Settings) -> None:
    looks: list[Callable[[Settings], Finding]] = [
        *(installation.python, installation.packages, installation.folder),
        lambda it: installation.settings(it, {}),
        *(servers.database, servers.broker, servers.blobs, servers.skew),
        *(service.api, service.workers, service.scheduler, service.access),
        vision.devices,
    ]
    assert [it for it in (look(whole) for look in looks) if it.status != "ok"] == []


@pytest.mark.parametrize("status", ["missing", "readonly", "open", "full", "scarce"])
def test_the_data_folder(whole: Settings, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = whole.data_dir
    broken = {
        "missing": but(whole, data_dir=root / "none"),
        "full": but(whole, min_free_bytes=10**18),
        "scarce": but(whole, min_free_bytes=shutil.disk_usage(root).free // 5),
    }.get(status, whole)
    if status == "open":
        root.chmod(0o755)
    if status == "readonly":

        def refuse(**_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    found = installation.folder(broken)
    assert found.status == ("warn" if status in {"open", "scarce"} else "fail")
    assert found.mend


def test_a_database_that_is_away_old_or_from_a_newer_version(whole: Settings) -> None:
    away = but(whole, database_url="postgresql://orrery:hush@127.0.0.1:1/orrery")
    assert servers.database(away).status == Status.FAIL
    assert "hush" not in str(servers.database(away))
    migrate.downgrade(whole.database_url, "0001")
    found = servers.database(whole)
    assert (found.status, "orrery db upgrade" in found.mend) == (Status.FAIL, True)
    migrate.upgrade(whole.database_url)
    opened = open_database(whole.database_url)
    with opened.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.dispose()
    found = servers.database(whole)
    assert (found.status, "newer version" in found.mend) == (Status.FAIL, True)


def test_a_database_file_that_is_not_there_is_not_made(whole: Settings, tmp_path: Path) -> None:
    missing = but(whole, database_url=f"sqlite:///{tmp_path}/new/orrery.db")
    for look in (servers.database, service.access):
        assert look(missing).status == Status.FAIL
    assert servers.skew(missing).status == Status.OK
    assert not (tmp_path / "new").exists()


def test_a_broker_that_is_away_open_evicting_or_locked(whole: Settings, valkey: Valkey) -> None:
    away = but(whole, broker_url=f"redis://:{SECRET}@127.0.0.1:{free_port()}/0")
    assert servers.broker(away).status == Status.FAIL
    wrong = but(whole, broker_url=f"redis://:{SECRET}@127.0.0.1:{valkey.port}/0")
    found = servers.broker(wrong)
    assert (found.status, "password" in found.detail) == (Status.FAIL, True)
    assert SECRET not in str(found)
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = servers.broker(whole)
        finally:
            client.config_set("maxmemory-policy", "noeviction")
        assert (found.status, "noeviction" in found.mend) == (Status.FAIL, True)
        password = valkey.url.split(":")[2].split("@")[0]
        client.config_set("requirepass", "")
        try:
            found = servers.broker(but(whole, broker_url=f"redis://127.0.0.1:{valkey.port}/0"))
        finally:
            client.config_set("requirepass", password)
    assert (found.status, "requirepass" in found.mend) == (Status.WARN, True)


def test_a_picture_store_that_is_missing_a_file_or_no_address(whole: Settings) -> None:
    assert servers.blobs(but(whole, blob_url="ftp://x/y")).status == Status.FAIL
    assert servers.blobs(but(whole, blob_url=str(whole.data_dir / "none"))).status == Status.WARN
    assert servers.blobs(but(whole, min_free_bytes=10**18)).status == Status.FAIL
    assert servers.blobs(whole).status == Status.OK
    left = [path for path in (whole.data_dir / "blobs").rglob("*") if path.is_file()]
    assert left == []


@pytest.mark.parametrize(("hours", "status"), [(0.01, "warn"), (2, "fail")])
def test_a_clock_that_is_wrong(
    whole: Settings, hours: float, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = servers._away
    monkeypatch.setattr(servers, "_away", lambda moment: exact(moment) + 3600 * hours)
    assert servers.skew(whole).status == status


def test_nobody_who_works_schedules_or_holds_a_key(whole: Settings) -> None:
    presence.forget_all(whole.broker_url)
    assert (service.workers(whole).status, service.scheduler(whole).status) == ("fail", "fail")
    opened = open_database(whole.database_url)
    with opened.begin() as session:
        [key] = keys.usable(session)
        keys.create(session, "reader", ["read"])
        keys.revoke(session, key.id)
    opened.dispose()
    found = service.access(whole)
    assert (found.status, "ORRERY_API_KEY" in found.mend) == (Status.FAIL, True)


def test_an_api_that_is_away_not_ready_degraded_or_another_program(
    whole: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = but(whole, url=f"http://127.0.0.1:{free_port()}")
    assert "orrery api" in service.api(away).mend
    monkeypatch.setattr(Api, "body", {"status": "degraded", "missing": {"broker": "is away"}})
    assert (service.api(whole).status, "broker is away" in service.api(whole).detail) == (
        "warn",
        True,
    )
    monkeypatch.setattr(Api, "body", ["hello"])
    assert "another program" in service.api(whole).mend.lower()
    monkeypatch.setattr(Api, "status", 503)
    monkeypatch.setattr(Api, "body", {"detail": "database: does not answer"})
    assert "database: does not answer" in service.api(whole).detail


def test_a_port_that_accepts_and_says_nothing_is_not_waited_for_for_ever(
    whole: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert service.api(but(whole, url=url)).status == Status.FAIL


def test_a_model_that_is_right_missing_or_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vision.model(Settings()).status == Status.OK
    assert vision.model(Settings(model="/nowhere")).status == Status.FAIL
    assert vision.devices(Settings(device="abacus")).status == Status.FAIL
    monkeypatch.setattr(vision, "TILE", 5)
    found = vision.model(Settings())
    assert (found.status, "tile 4" in found.detail) == (Status.FAIL, True)


def test_without_the_vision_stack_its_checks_do_not_apply(
    whole: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vision, "has_vision", lambda: False)
    assert {vision.model(whole).status, vision.devices(whole).status} == {Status.SKIP}


def test_a_package_that_is_missing_or_old_is_named(
    whole: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = installation._installed
    versions = {"flask": "0.9", "redis": None}
    monkeypatch.setattr(installation, "_installed", lambda name: versions.get(name, real(name)))
    found = installation.packages(whole)
    assert found.status == Status.FAIL
    assert "flask is 0.9" in found.detail
    assert "redis is missing" in found.detail


def test_a_misspelt_setting_is_noticed_and_sources_are_told_without_values(
    whole: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "orrery_broker_url").write_text(f"redis://:{SECRET}@broker/0")
    monkeypatch.setattr(installation, "SECRETS", tmp_path)
    monkeypatch.setenv("ORRERY_API_KEY", SECRET)
    told = installation.settings(whole, {})
    assert "ORRERY_API_KEY (environment)" in told.detail
    assert f"ORRERY_BROKER_URL ({tmp_path}/orrery_broker_url)" in told.detail
    assert SECRET not in str(told)
    monkeypatch.setenv("ORRERY_LEASE_SECOND", "7")
    found = installation.settings(whole, {})
    assert (found.status, "ORRERY_LEASE_SECONDS" in found.detail) == (Status.WARN, True)


def test_a_check_that_hangs_or_breaks_is_a_finding_like_any_other(whole: Settings) -> None:
    stuck = threading.Event()

    def hang(_: Settings) -> Finding:
        stuck.wait()
        return ok("")

    def burst(_: Settings) -> Finding:
        raise ValueError(f"redis://:{SECRET}@broker")

    checks = (Check("hangs", hang, 0.1), Check("breaks", burst), Check("fine", lambda _: ok("yes")))
    found = {it.name: it.finding for it in run(checks, whole)}
    stuck.set()
    assert [it.status for it in found.values()] == ["fail", "fail", "ok"]
    assert SECRET not in str(found)


def test_the_command_works_when_everything_is_down_and_prints_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    down = {
        "ORRERY_DATABASE_URL": f"postgresql://orrery:{SECRET}@127.0.0.1:1/orrery",
        "ORRERY_BROKER_URL": f"redis://:{SECRET}@127.0.0.1:1/0",
        "ORRERY_URL": "http://127.0.0.1:1",
        "ORRERY_API_KEY": SECRET,
    }
    for name, value in down.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(vision, "has_vision", lambda: False)
    assert main(["doctor", "--data", str(tmp_path / "none"), "--json"]) == 1
    shown = capsys.readouterr().out
    found = {line["check"]: line for line in map(json.loads, shown.splitlines())}
    failed = {name for name, line in found.items() if line["status"] == "fail"}
    assert failed >= {
        "folder",
        "database",
        "broker",
        "clock",
        "keys",
        "workers",
        "scheduler",
        "api",
    }
    assert all(found[name]["mend"] for name in failed)
    assert SECRET not in shown


def test_the_command_names_a_setting_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORRERY_NIGHTLY", "25:00")
    assert main(["doctor"]) == 1
    assert "ORRERY_NIGHTLY" in capsys.readouterr().out
