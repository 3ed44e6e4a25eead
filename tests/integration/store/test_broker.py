"""Publishing to a real broker, well or not."""

import base64
import json
import time
from collections.abc import Iterator

import pytest
import redis

from store import broker
from store.broker import PAUSE_SECONDS, Publisher
from tests.servers import PATIENCE, Valkey, wait_until

#: Seconds that a call never takes although the broker does not answer, on whatever machine: one
#: message after the other would.
FEW = 20.0


@pytest.fixture
def publisher(broker_url: str) -> Iterator[Publisher]:
    opened = Publisher(broker_url)
    yield opened
    opened.close()


def publishes_again(publisher: Publisher) -> None:
    wait_until(lambda: publisher.publish([1], "solve"), "publishing", PAUSE_SECONDS + PATIENCE)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, broker_url: str) -> Iterator[Publisher]:
    """A publisher that waits as long as the service does."""
    monkeypatch.setattr(broker, "SOCKET_SECONDS", 0.5)
    opened = Publisher(broker_url)
    yield opened
    opened.close()


def test_a_message_carries_the_chunks_id_and_nothing_else(
    publisher: Publisher, broker_url: str
) -> None:
    assert publisher.publish([7], "solve")

    with redis.Redis.from_url(broker_url) as client:
        [raw] = client.lrange("solve", 0, -1)
    message = json.loads(raw)
    assert message["headers"]["task"] == "orrery.run_chunk"
    arguments, keywords, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, keywords) == ([7], {})
    assert message["content-type"] == "application/json"


def test_a_nudge_asks_for_the_schedules(publisher: Publisher, broker_url: str) -> None:
    assert publisher.nudge()

    with redis.Redis.from_url(broker_url) as client:
        [raw] = client.lrange("maintenance", 0, -1)
    headers = json.loads(raw)["headers"]
    assert headers["task"] == "orrery.run_schedules"
    assert headers["expires"] is not None


def test_messages_wait_in_their_queue_in_order(publisher: Publisher) -> None:
    assert publisher.publish([1, 2, 3], "isolated")
    assert publisher.publish([], "solve")

    assert publisher.queue_length("isolated") == 3
    assert publisher.queue_length("solve") == 0


def test_a_frozen_broker_costs_little_and_raises_nothing(
    impatient: Publisher, valkey: Valkey
) -> None:
    publishes_again(impatient)
    valkey.freeze()
    started = time.monotonic()

    assert not impatient.publish(range(100), "solve")
    assert impatient.queue_length("solve") is None

    assert time.monotonic() - started < FEW
    valkey.thaw()
    publishes_again(impatient)


def test_a_frozen_broker_is_not_asked_again_at_once(
    impatient: Publisher,
    valkey: Valkey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(broker, "PAUSE_SECONDS", 600)
    valkey.freeze()

    assert not any(impatient.publish([number], "solve") for number in range(3))

    assert caplog.text.count("could not publish") == 1


def test_a_new_publisher_is_not_held_up_by_a_frozen_broker(
    impatient: Publisher, valkey: Valkey
) -> None:
    valkey.freeze()
    started = time.monotonic()

    assert not impatient.publish([1], "solve")
    assert not impatient.nudge()

    assert time.monotonic() - started < FEW


def test_publishing_goes_on_when_a_killed_broker_returns(
    publisher: Publisher, valkey: Valkey
) -> None:
    assert publisher.publish([1], "solve")
    valkey.kill()

    assert not publisher.publish([2], "solve")
    assert publisher.queue_length("solve") is None

    valkey.start()
    publishes_again(publisher)


def test_publishing_goes_on_when_everything_was_flushed(
    publisher: Publisher, valkey: Valkey
) -> None:
    publisher.publish([1], "solve")
    valkey.flush()

    assert publisher.publish([2, 3], "solve")
    assert publisher.queue_length("solve") == 2


def test_a_wrong_address_is_a_failure_like_any_other() -> None:
    assert not Publisher("redis://127.0.0.1:1/0").publish([1], "solve")
