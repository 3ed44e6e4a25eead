"""The running parts: API, workers, scheduler; and whether anybody holds a key."""

import http.client
import json
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import redis

from cli.checks import Finding, fail, ok, warn
from store import dumps, keys, presence
from store.errors import StoreError
from store.session import open_database
from store.settings import Settings

#: Seconds that the API has to answer.
TIMEOUT = 5.0


def api(settings: Settings) -> Finding:
    """The API answers at its address, and says that it is ready."""
    parts = urlsplit(settings.url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/readyz")
        answer = connection.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        mend = "Start it ('orrery api', or 'orrery up'), or put its address into ORRERY_URL."
        return fail(f"nothing listens at {settings.url}", mend)
    except (OSError, http.client.HTTPException) as error:
        told = f"{settings.url} does not answer: {error or type(error).__name__}"
        return fail(told, "Put the API's address into ORRERY_URL; see its log.")
    finally:
        connection.close()
    return _said(settings.url, answer.status, body)


def _said(url: str, status: int, body: bytes) -> Finding:
    try:
        told = json.loads(body)
        missing = told["missing"] if status == http.HTTPStatus.OK else told["detail"]
    except (ValueError, KeyError, TypeError):
        mend = "Another program has this port: choose another with --port, and set ORRERY_URL."
        return fail(f"{url} is answered by something that is not this API", mend)
    if status != http.HTTPStatus.OK:
        return fail(f"{url} is not ready: {missing}", "Mend what it names.")
    if missing:
        listed = "; ".join(f"{name} {why}" for name, why in missing.items())
        return warn(f"{url} is ready, but: {listed}", "Mend what it names.")
    return ok(f"{url} is ready")


def workers(settings: Settings) -> Finding:
    """At least one worker process has a model loaded."""
    mend = "Start one ('orrery worker', or 'orrery up'); it says hello once its model is loaded."
    return _alive(settings, presence.WORKER, mend, _models)


def _models(found: Sequence[presence.Hello]) -> str:
    devices = ", ".join(sorted({it.device or "?" for it in found}))
    models = ", ".join(sorted({it.model for it in found}))
    return f"{len(found)} alive, on {devices}, with {models}"


def scheduler(settings: Settings) -> Finding:
    """A scheduler is alive: without one, what is lost is not sent again and no night begins."""
    mend = "Start one: 'orrery beat', or 'orrery up'."
    return _alive(settings, presence.SCHEDULER, mend, _names)


def _names(found: Sequence[presence.Hello]) -> str:
    return f"alive: {', '.join(it.name for it in found)}"


def _alive(
    settings: Settings, role: str, mend: str, tell: Callable[[Sequence[presence.Hello]], str]
) -> Finding:
    """Whether a process of a role said hello of late."""
    try:
        with presence.connect(settings.broker_url) as client:
            found = presence.hellos(client, role)
    except (redis.RedisError, ValueError):
        return fail("unknown, since the broker does not answer", "Mend the broker first.")
    return ok(tell(found)) if found else fail("none said hello within 30 s", mend)


def access(settings: Settings) -> Finding:
    """Somebody holds a key that may do everything."""
    if not dumps.is_there(settings.database_url):
        return fail("there is no database yet", "Mend the database first.")
    opened = open_database(settings.database_url)
    try:
        with opened.read() as session:
            found = keys.usable(session)
    except StoreError:
        return fail("unknown, since the database does not answer", "Mend the database first.")
    finally:
        opened.dispose()
    if not any("admin" in key.scopes for key in found):
        mend = "Set ORRERY_API_KEY to a long random text and start the API: it becomes one."
        return fail(f"{len(found)} usable keys, none with the scope admin", mend)
    return ok(f"{len(found)} usable, an administrator's among them")
