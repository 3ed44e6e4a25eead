"""Database, broker and picture store; none of them is changed."""

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import redis
from sqlalchemy import text

from cli.checks import Finding, fail, ok, warn
from store import clock, dumps, migrate, presence
from store.blobs import Blobs
from store.errors import InvalidSetting, StoreError
from store.session import open_database, parse_url
from store.settings import Settings

#: Seconds by which the host's clock may differ from a server's.
SKEW = 5.0
#: Seconds by which it may differ before blobs could be deleted too early.
DANGEROUS_SKEW = 3600.0
#: The oldest broker that is tried.
BROKER = 6

START = "Start it and see that ORRERY_DATABASE_URL is right."


def database(settings: Settings) -> Finding:
    """The database answers and has the schema of this version."""
    if not dumps.is_there(settings.database_url):
        where = parse_url(settings.database_url).database
        return fail(f"{where} is not there", "Run 'orrery db upgrade', or 'orrery up'.")
    try:
        at, wanted = migrate.current(settings.database_url), migrate.head()
        server = _server(settings.database_url)
    except StoreError as error:
        return fail(str(error), START)
    told = f"{server}, schema {at or 'none'}"
    if at == wanted:
        return ok(told)
    if at is not None and at > wanted:
        mend = "Install the newer version of orrery that made it."
    else:
        mend = "Run 'orrery db upgrade'."
    return fail(f"{told}; this version needs {wanted}", mend)


def _server(url: str) -> str:
    opened = open_database(url)
    try:
        with opened.read() as session:
            if opened.engine.dialect.name == "sqlite":
                mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
                version = session.execute(text("SELECT sqlite_version()")).scalar_one()
                return f"SQLite {version}, {mode} mode"
            return f"PostgreSQL {session.execute(text('SHOW server_version')).scalar_one()}"
    finally:
        opened.dispose()


def skew(settings: Settings) -> Finding:
    """The clocks of this host, the database and the broker agree."""
    asked = {"database": _database_skew(settings), "broker": _broker_skew(settings)}
    found = {name: seconds for name, seconds in asked.items() if seconds is not None}
    if not found:
        return fail("neither database nor broker told the time", "Mend those first.")
    told = ", ".join(f"{name}: {difference:+.1f} s" for name, difference in found.items())
    worst = max(map(abs, found.values()))
    if worst > DANGEROUS_SKEW:
        return fail(told, "Set this host's clock: fresh pictures could pass for old ones.")
    return ok(told) if worst <= SKEW else warn(told, "Let NTP keep the clocks of all hosts.")


def _database_skew(settings: Settings) -> float | None:
    if not dumps.is_there(settings.database_url):
        return None
    opened = open_database(settings.database_url)
    try:
        with opened.read() as session:
            return _away(clock.now(session).timestamp())
    except StoreError:
        return None
    finally:
        opened.dispose()


def _broker_skew(settings: Settings) -> float | None:
    try:
        with presence.connect(settings.broker_url) as client:
            seconds, micros = client.time()
            return _away(seconds + micros / 1e6)
    except (redis.RedisError, ValueError):
        return None


def _away(moment: float) -> float:
    return moment - datetime.now(UTC).timestamp()


def broker(settings: Settings) -> Finding:
    """The broker answers to its password and never throws a message away."""
    where = _where(settings.broker_url)
    try:
        with presence.connect(settings.broker_url) as client:
            server = client.info("server")
            policy = _policy(client)
    except redis.AuthenticationError:
        return fail(f"{where} refuses the password", "Put the right one into ORRERY_BROKER_URL.")
    except (redis.RedisError, ValueError) as error:
        told = f"{where} does not answer ({type(error).__name__})"
        return fail(told, "Start it and see that ORRERY_BROKER_URL is right. Jobs wait meanwhile.")
    number = str(server.get("valkey_version") or server["redis_version"])
    told = f"{where}, version {number}, {policy or 'unknown policy'}"
    if policy not in (None, "noeviction"):
        mend = "Set 'maxmemory-policy noeviction': messages, limits and hellos may vanish else."
        return fail(told, mend)
    if int(number.partition(".")[0]) < BROKER:
        return warn(told, f"Take Valkey, or Redis {BROKER} or newer.")
    if _open_to_all(settings.broker_url):
        return warn(
            f"{told}; it asks for no password", "Set 'requirepass' and put it into the URL."
        )
    return ok(told)


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or '?'}:{parts.port or 6379}"


def _policy(client: redis.Redis) -> str | None:
    try:
        found = client.config_get("maxmemory-policy")
    except redis.ResponseError:
        # Some hosts of brokers let nobody ask.
        return None
    return str(found["maxmemory-policy"])


def _open_to_all(url: str) -> bool:
    parts = urlsplit(url)
    bare = parts._replace(netloc=(parts.netloc.rpartition("@")[2])).geturl()
    try:
        with presence.connect(bare) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def blobs(settings: Settings) -> Finding:
    """A blob can be stored, read again and removed."""
    content = secrets.token_bytes(64)
    local = "://" not in settings.blob_url.removeprefix("file://")
    place = settings.blob_url if local else "the bucket"
    if local and not Path(unquote(place.removeprefix("file://"))).is_dir():
        return warn(f"{place} is not there yet", "The first upload, or 'orrery api', makes it.")
    began = time.monotonic()
    try:
        store = Blobs(settings.blob_url, settings.min_free_bytes)
        sha = store.put(content)
        same = store.get(sha) == content
        store.delete(sha)
    except InvalidSetting as error:
        return fail(str(error), "Write a folder, or s3://BUCKET/PREFIX.")
    except (StoreError, OSError) as error:
        told = f"{place}: {error}"
        return fail(told, "See that it is there, has room, and may be written by this user.")
    if not same:
        return fail(f"{place} gave back other bytes than it got", "See whether its disk is broken.")
    return ok(f"{place}, {1000 * (time.monotonic() - began):.0f} ms there and back")
