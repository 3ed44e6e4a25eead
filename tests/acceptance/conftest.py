"""One running service for all acceptance tests, and pictures to send to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.service import Service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service; a test that kills it starts it again."""
    started = Service(tmp_path_factory.mktemp("service") / "data")
    started.start()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def puzzles() -> list[tuple[str, bytes]]:
    """Names and contents of a dozen puzzles."""
    from solver.generate import draw

    drawn = [draw(seed=7, index=index, difficulty="easy") for index in range(12)]
    return [(f"{n:02}{it.extension}", it.data) for n, it in enumerate(drawn)]


@pytest.fixture(scope="session")
def folder_of_puzzles(
    puzzles: list[tuple[str, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same puzzles as files."""
    folder: Path = tmp_path_factory.mktemp("puzzles")
    for name, content in puzzles:
        (folder / name).write_bytes(content)
    return folder
