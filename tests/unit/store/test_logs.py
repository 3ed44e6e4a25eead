"""One line an event, without secrets, for machines and for people."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from store.logs import StandardError, configure

SECRET = "kX9-abc_DEF012345"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    for handler in [it for it in root.handlers if isinstance(it, StandardError)]:
        root.removeHandler(handler)
    structlog.reset_defaults()


def test_every_logger_writes_json_with_what_is_bound(capsys: pytest.CaptureFixture[str]) -> None:
    configure(True, "info", "worker")
    configure(True, "info", "worker")
    with bound_contextvars(request_id="r-1", chunk_id=7):
        logging.getLogger("store.broker").warning("away: %s", "Timeout", extra={"queue": "solve"})
        structlog.get_logger("api").info("request", status=200)
        logging.getLogger("quiet").debug("not shown")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"], first["queue"]) == ("away: Timeout", "warning", "solve")
    assert (first["logger"], second["logger"]) == ("store.broker", "api")
    for line in (first, second):
        assert (line["request_id"], line["chunk_id"], line["part"]) == ("r-1", 7, "worker")


@pytest.mark.parametrize("as_json", [True, False])
def test_no_secret_is_written_wherever_it_stands(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(as_json, "INFO", "api")
    log = logging.getLogger("any")
    log.info("key orr_0011aabb.%s sent", SECRET)
    log.info("with a field", extra={"url": f"redis://:{SECRET}@broker:6379/0"})
    try:
        raise ValueError(f"postgresql://orrery:{SECRET}@db/orrery")
    except ValueError:
        log.exception("it failed")
    shown = capsys.readouterr().err
    assert SECRET not in shown
    assert "orr_0011aabb.***" in shown
    assert "redis://:***@broker" in shown
    assert "postgresql://orrery:***@db" in shown


def test_a_line_to_read_is_no_json_and_has_no_colours_in_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(False, "INFO", "beat")
    logging.getLogger("worker.dispatcher").info("sent to solve", extra={"chunk_ids": [1, 2]})
    [line] = capsys.readouterr().err.splitlines()
    assert "sent to solve" in line
    assert "chunk_ids=[1, 2]" in line
    assert "\x1b" not in line


def test_a_line_break_in_a_value_starts_no_new_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(True, "INFO", "api")
    logging.getLogger("any").info("name", extra={"image": "a.png\nERROR forged"})
    assert len(capsys.readouterr().err.splitlines()) == 1
