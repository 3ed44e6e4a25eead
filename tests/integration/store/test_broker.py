"""Publishing to a real broker, well or not."""

import base64
import json
import time
from collections.abc import Iterator

import pytest
import redis

from store.broker import PAUSE_SECONDS, Publisher
from tests.servers import Valkey, wait_until

#: Seconds that a call may take although the broker does not answer, on a busy machine.
SHORT = 3.0


@pytest.fixture
def publisher(broker_url: str) -> Iterator[Publisher]:
    opened = Publisher(broker_url)
    yield opened
    opened.close()


def publishes_again(publisher: Publisher) -> None:
    wait_until(lambda: publisher.publish([1], "solve"), "publishing", PAUSE_SECONDS + 10)


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
    publisher: Publisher, valkey: Valkey
) -> None:
    assert publisher.publish([1], "solve")
    valkey.freeze()
    started = time.monotonic()

    assert not publisher.publish(range(100), "solve")

    assert time.monotonic() - started < SHORT
    again = time.monotonic()
    assert not publisher.publish([2], "solve")
    assert time.monotonic() - again < 0.5
    assert publisher.queue_length("solve") is None
    valkey.thaw()
    publishes_again(publisher)


def test_a_new_publisher_is_not_held_up_by_a_frozen_broker(
    publisher: Publisher, valkey: Valkey
) -> None:
    valkey.freeze()
    started = time.monotonic()

    assert not publisher.publish([1], "solve")
    assert not publisher.nudge()

    assert time.monotonic() - started < SHORT


def test_publishing_goes_on_when_a_killed_broker_returns(
    publisher: Publisher, valkey: Valkey
) -> None:
    assert publisher.publish([1], "solve")
    valkey.kill()
    started = time.monotonic()

    assert not publisher.publish([2], "solve")
    assert publisher.queue_length("solve") is None

    assert time.monotonic() - started < SHORT
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
