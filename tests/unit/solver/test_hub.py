"""Weights behind a tag: from the cache, or from a hub that answers; no other is waited for."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from solver.encoders.hub import PATIENCE

CONTENT = b"weights"


class Hub(BaseHTTPRequestHandler):
    """Serves one file of one repository, as the hub does."""

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(CONTENT)

    def _answer(self, body: bytes) -> None:
        there = self.path == "/some/clip/resolve/main/open_clip_pytorch_model.bin"
        self.send_response(200 if there else 404)
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("ETag", '"abc"')
        self.send_header("Content-Length", str(len(CONTENT) if there else 0))
        self.end_headers()
        self.wfile.write(body if there else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Deaf:
    """A hub that takes connections and never answers."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.getsockname()[1]}"
        server.setblocking(False)

    def asked(self) -> list[str]:
        """The paths that it was asked for in vain."""
        paths = []
        with suppress(BlockingIOError):
            while True:
                with self._server.accept()[0] as connection:
                    paths.append(connection.recv(1000).split()[1].decode())
        return paths


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Deaf(server)


def asked(endpoint: str, home: Path, repository: str = "some/clip/") -> tuple[str, float]:
    """What is said of a repository's weights, and the seconds that took beside the imports."""
    code = (
        "import sys, time, huggingface_hub, huggingface_hub.file_download\n"
        "from solver.encoders.hub import weights_of\n"
        "from solver.errors import ModelError\n"
        "began = time.monotonic()\n"
        "try:\n    found = weights_of(sys.argv[1])\n"
        "except ModelError as error:\n    found = f'refused: {error}'\n"
        "print(time.monotonic() - began, found)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, repository],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PATH": ""},
    )
    seconds, said = shown.stdout.split(maxsplit=1)
    return said.strip(), float(seconds)


def test_a_hub_that_answers_gives_the_weights_by_the_name_that_it_has(
    hub: str, tmp_path: Path
) -> None:
    said, _ = asked(hub, tmp_path)
    assert Path(said).read_bytes() == CONTENT


def test_the_cache_is_enough_without_any_hub(hub: str, deaf: Deaf, tmp_path: Path) -> None:
    first, _ = asked(hub, tmp_path)
    again, _ = asked(deaf.url, tmp_path)
    assert again == first
    assert deaf.asked() == []


def test_a_repository_without_weights_is_named(hub: str, tmp_path: Path) -> None:
    said, _ = asked(hub, tmp_path, "other/clip/")
    assert said.startswith("refused: The weights of other/clip")
    assert "local checkpoint" in said


@pytest.mark.parametrize("silent", [True, False])
def test_a_hub_that_is_away_is_asked_once_and_given_up_within_seconds(
    silent: bool, deaf: Deaf, tmp_path: Path
) -> None:
    said, seconds = asked(deaf.url if silent else "http://127.0.0.1:9", tmp_path)
    assert said.startswith("refused: The weights of some/clip")
    assert "HF_HOME" in said
    assert sum(path.startswith("/some/clip/") for path in deaf.asked()) == silent
    # A busy machine has ten times as long as the hub; the library by itself would wait for longer.
    assert seconds < 10 * PATIENCE
