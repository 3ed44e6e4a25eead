"""Progress as server-sent events."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api import events
from api.errors import Away
from api.schemas import jobs as wire
from api.streams import Streams
from store.errors import DatabaseAway
from store.settings import Settings
from tests.integration.api.parts import Caller, Maker, work_off

Event = tuple[str, object]


def parsed(text: str) -> list[Event]:
    """The events of a stream, as (name, data)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def job(status: str, done: int) -> wire.Job:
    """A job of two pictures."""
    return wire.Job(
        id="0" * 32,
        kind="solve",
        status=status,
        total=2,
        done=done,
        failed=0,
        priority="normal",
        dataset_id=None,
        model=None,
        cancel_requested=False,
        created_at=datetime.now(UTC),
        started_at=None,
        finished_at=None,
        error=None,
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks and heartbeats without pauses."""
    monkeypatch.setattr(events, "LOOK", 0)
    monkeypatch.setattr(events, "HEARTBEAT", 0)


def stream(*states: wire.Job, streams: Streams | None = None) -> str:
    """What a client is sent while a job goes through these states."""
    first, *rest = states
    coming: Iterator[wire.Job] = iter(rest)
    return "".join(events.events(first, lambda: next(coming), streams or Streams(1)))


@pytest.mark.usefixtures("impatient")
def test_every_change_is_told_once_and_then_the_end() -> None:
    text = stream(job("queued", 0), job("running", 1), job("running", 1), job("succeeded", 2))
    assert text.startswith("retry: 2000\n\n")
    told = [(name, data["done"]) for name, data in parsed(text)]  # type: ignore[index]
    assert told == [("progress", 0), ("progress", 1), ("progress", 2), ("end", 2)]


@pytest.mark.usefixtures("impatient")
def test_silence_is_broken_by_comments() -> None:
    assert ": still there\n\n" in stream(job("queued", 0), job("queued", 0), job("cancelled", 0))


@pytest.mark.usefixtures("impatient")
def test_a_stream_ends_when_the_process_stops_or_the_database_is_away() -> None:
    streams = Streams(1)
    streams.closing = lambda: True
    assert [name for name, _ in parsed(stream(job("queued", 0), streams=streams))] == ["progress"]

    def away() -> wire.Job:
        raise DatabaseAway("no answer")

    assert "end" not in "".join(events.events(job("queued", 0), away, Streams(1)))


def test_streams_past_the_places_are_sent_to_poll() -> None:
    streams = Streams(1)
    streams.enter()
    with pytest.raises(Away) as refused:
        streams.enter()
    assert refused.value.retry_after
    streams.leave()
    streams.enter()


def test_a_job_is_followed_to_its_end(either: Caller) -> None:
    path = either.solve().headers["Location"]
    answer = either.get(f"{path}/events", buffered=False)
    assert answer.mimetype == "text/event-stream"
    pieces = iter(answer.response)
    seen = [next(pieces), next(pieces)]
    work_off(either.database)
    seen += pieces
    answer.close()
    text = "".join(piece.decode() if isinstance(piece, bytes) else piece for piece in seen)
    assert parsed(text)[-1][0] == "end"
    assert parsed(text)[-1][1]["status"] == "succeeded"  # type: ignore[index]


def test_a_stream_that_was_left_gives_its_place_back(lite: Settings, make_caller: Maker) -> None:
    caller = make_caller(lite.model_copy(update={"event_streams": 1}))
    path = caller.solve().headers["Location"]
    for _ in range(3):
        answer = caller.get(f"{path}/events", buffered=False)
        assert answer.status_code == 200
        busy = caller.get(f"{path}/events")
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
        answer.close()


def test_a_list_is_told_of_changes_and_first_of_what_came_before_it_listened() -> None:
    states = iter(["a", "a", "b"])
    told = events.changes("a", lambda: next(states), Streams(1))
    assert [next(told).count("event: change") for _ in range(2)] == [1, 1]
    assert next(states, None) is None
