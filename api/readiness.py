"""What the service needs, and which of it does not answer.

Not ready is who could not keep the promise of a 202: without the database, or the store of the
pictures, nothing can be accepted. Broker and workers may be away: what is accepted then waits in
the database, so that is told and takes no API out of service.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis

from store import migrate, presence
from store.errors import DiskFull, StoreError

if TYPE_CHECKING:
    from api.services import Services

#: Seconds that the broker has to answer.
PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that the service uses; `why` it is missing, None where it is there."""

    name: str
    needed: bool
    why: str | None


def look(services: "Services") -> list[Dependency]:
    """Look at everything that the service uses."""
    database, schema = _database(services)
    blobs, room = _blobs(services)
    broker, workers = _broker(services)
    return [
        Dependency("database", True, database),
        Dependency("schema", False, schema),
        Dependency("blobs", True, blobs),
        Dependency("room", False, room),
        Dependency("broker", False, broker),
        Dependency("workers", False, workers),
    ]


def is_ready(found: Iterable[Dependency]) -> bool:
    """Whether jobs can be accepted."""
    return all(it.why is None for it in found if it.needed)


def _database(services: "Services") -> tuple[str | None, str | None]:
    """What is wrong with the database, and with its schema being that of a newer version."""
    try:
        revision = migrate.current(services.settings.database_url)
    except StoreError:
        return "does not answer", None
    if revision == services.schema:
        return None, None
    if revision is not None and not migrate.knows(revision):
        # Migrations only add: while an upgrade rolls, this version goes on working.
        return None, f"is {revision}, newer than {services.schema}: upgrade this API, too"
    told = f"is at schema {revision}, {services.schema} is needed: run 'orrery db upgrade'"
    return told, None


def _blobs(services: "Services") -> tuple[str | None, str | None]:
    """What is wrong with the store of the pictures, and with the room in it."""
    try:
        services.blobs.probe()
    except DiskFull:
        return None, "the disk is nearly full: new pictures are refused until some is free"
    except (StoreError, OSError):
        return "cannot be written: see that ORRERY_BLOB_URL is there and this user's", None
    return None, None


def _broker(services: "Services") -> tuple[str | None, str | None]:
    """What is wrong with the broker, and with the workers that it knows."""
    try:
        with presence.connect(services.settings.broker_url, PATIENCE) as broker:
            there = presence.hellos(broker, presence.WORKER)
    except (redis.RedisError, ValueError):
        return "does not answer; jobs are accepted and wait for it", None
    return None, None if there else "none said hello of late; jobs wait for one"
