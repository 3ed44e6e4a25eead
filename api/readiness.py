"""What the service needs, and which of it does not answer.

Not ready is who could not keep the promise of a 202: without the database, or the store of the
pictures, nothing can be accepted. Broker and workers may be away: what is accepted then waits in
the database, so that is told and takes no API out of service.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis

from store import migrate, presence
from store.errors import DiskFull, StoreError
from store.presence import Hello

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


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that the service uses, and the workers that said hello of late."""

    parts: list[Dependency]
    workers: list[Hello]

    @property
    def is_ready(self) -> bool:
        """Whether jobs can be accepted."""
        return all(it.why is None for it in self.parts if it.needed)


def look(services: "Services") -> Look:
    """Look at everything that the service uses."""
    database, schema = _database(services)
    blobs, room = _blobs(services)
    there = _workers(services)
    broker = "does not answer; jobs are accepted and wait for it" if there is None else None
    workers = "none said hello of late; jobs wait for one" if there == [] else None
    parts = [
        Dependency("database", True, database),
        Dependency("schema", False, schema),
        Dependency("blobs", True, blobs),
        Dependency("room", False, room),
        Dependency("broker", False, broker),
        Dependency("workers", False, workers),
    ]
    return Look(parts, there or [])


def _database(services: "Services") -> tuple[str | None, str | None]:
    """What is wrong with the database, and with its schema being that of a newer version."""
    try:
        with services.database.read() as session:
            revision = migrate.revision(session)
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


def _workers(services: "Services") -> list[Hello] | None:
    """The workers that the broker knows; None where it does not answer."""
    try:
        with presence.connect(services.settings.broker_url, PATIENCE) as broker:
            return presence.hellos(broker, presence.WORKER)
    except (redis.RedisError, ValueError):
        return None
