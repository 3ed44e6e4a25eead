"""What the service needs, and which of it does not answer."""

from collections.abc import Callable

from api.services import Services
from store import migrate
from store.errors import BlobMissing, StoreError
from store.queues import SOLVE

#: A blob that is never there; asking for it tells whether the blob store answers.
NO_BLOB = "0" * 64


def missing(services: Services) -> dict[str, str]:
    """Names of what is missing, each with the reason; empty when all is well."""
    checks: dict[str, Callable[[Services], str | None]] = {
        "database": _database,
        "broker": _broker,
        "blobs": _blobs,
    }
    found = {name: check(services) for name, check in checks.items()}
    return {name: why for name, why in found.items() if why is not None}


def _database(services: Services) -> str | None:
    try:
        revision = migrate.current(services.settings.database_url)
    except StoreError:
        return "does not answer"
    if revision != services.schema:
        return f"is at schema {revision}, {services.schema} is needed: run 'orrery db upgrade'"
    return None


def _broker(services: Services) -> str | None:
    if services.publisher.queue_length(SOLVE) is None:
        return "does not answer; jobs are accepted and wait for it"
    return None


def _blobs(services: Services) -> str | None:
    try:
        services.blobs.size(NO_BLOB)
    except BlobMissing:
        return None
    except StoreError:
        return "does not answer"
    return None
