"""How many requests a key may send in a while, or an address without one."""

from time import time
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from api import sessions
from api.errors import TooMany
from api.problems import answer

#: Routes that are never limited: probes, and what a browser loads with a page.
FREE = {"health.healthz", "health.readyz", "health.metrics", "static", "docs.document"}

#: Seconds until a rate store that does not answer is taken for away.
TIMEOUT = 0.5


def limit_rate(app: Flask, rate: str, broker_url: str) -> None:
    """Count requests per key in the broker, and per process while the broker is away."""
    limiter = Limiter(
        _who,
        application_limits=[rate],
        storage_uri=_storage(broker_url),
        storage_options=_options(broker_url),
        strategy="moving-window",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        key_prefix="orrery-rate",
    )
    limiter.request_filter(lambda: request.endpoint in FREE)
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, lambda _: _exceeded(limiter, rate))


def _who() -> str:
    caller = g.get("caller")
    if caller is not None:
        return str(caller.key_id)
    return sessions.key_id() or get_remote_address()


def _storage(broker_url: str) -> str:
    url = broker_url.replace("redis+socket:", "redis+unix:", 1)
    return url if url.startswith(("redis", "valkey")) else "memory://"


def _options(broker_url: str) -> dict[str, Any]:
    if _storage(broker_url) == "memory://":
        return {}
    return {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}


def _exceeded(limiter: Limiter, rate: str) -> Response:
    limit = limiter.current_limit
    wait = max(1, int(limit.reset_at - time())) if limit else 1
    detail = f"More requests than the {rate} that one key may send; wait {wait} s."
    return answer(TooMany(detail, code="rate-exceeded", retry_after=wait))
