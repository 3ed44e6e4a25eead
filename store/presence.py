"""Who is there: signs of life in the broker, which expire by themselves.

A hint for operators and for `orrery up`, never for the truth.
"""

import json
from dataclasses import dataclass

import redis

#: What says hello, and before its name in the broker. A worker has its model loaded; a trainer is
#: one that solves nothing.
WORKER, TRAINER, SCHEDULER = "orrery:worker:", "orrery:trainer:", "orrery:beat:"
#: Seconds until who stopped saying hello is forgotten.
FORGOTTEN = 30
#: Seconds until a broker that does not answer counts as away.
TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class Hello:
    """A process that is alive: `HOST:PID`, and what it said of itself."""

    name: str
    model: str = ""
    device: str = ""


def connect(broker_url: str, timeout: float = TIMEOUT) -> redis.Redis:
    """A connection of its own to the broker; connects to nothing yet."""
    return redis.Redis.from_url(
        broker_url, socket_timeout=timeout, socket_connect_timeout=timeout, decode_responses=True
    )


def say(broker: redis.Redis, kind: str, hello: Hello) -> None:
    """Say hello; raises RedisError."""
    told = json.dumps({"model": hello.model, "device": hello.device})
    broker.set(kind + hello.name, told, ex=FORGOTTEN)


def leave(broker: redis.Redis, kind: str, name: str) -> None:
    """Say goodbye; raises RedisError."""
    broker.delete(kind + name)


def hellos(broker: redis.Redis, kind: str) -> list[Hello]:
    """Who said hello of late, by name; raises RedisError."""
    names = sorted(str(key) for key in broker.scan_iter(f"{kind}*", count=1000))
    told = zip(names, broker.mget(names), strict=True) if names else ()
    return [_hello(key.removeprefix(kind), str(text)) for key, text in told if text]


def _hello(name: str, text: str) -> Hello:
    told = json.loads(text)
    return Hello(name, str(told["model"]), str(told["device"]))


def present(broker_url: str, kind: str = WORKER) -> list[str]:
    """Names of those that said hello of late; empty where the broker is away."""
    try:
        with connect(broker_url) as broker:
            return [hello.name for hello in hellos(broker, kind)]
    except redis.RedisError:
        return []


def forget_all(broker_url: str) -> bool:
    """Forget every hello, such as those from before a restart; False where the broker is away."""
    try:
        with connect(broker_url) as broker:
            for kind in (WORKER, TRAINER, SCHEDULER):
                for key in broker.scan_iter(f"{kind}*"):
                    broker.delete(key)
    except redis.RedisError:
        return False
    return True
