"""Ends the lease of a process that is known to be dead."""

import logging

from store import expiry
from store.errors import StoreError
from store.session import open_database
from store.settings import settings

log = logging.getLogger(__name__)


def lapse(chunk_id: int, owner: str) -> None:
    """Let the next sweep take the chunk back; a lost chance only costs the rest of the lease."""
    database = open_database(settings().database_url)
    try:
        with database.begin() as session:
            expiry.lapse(session, chunk_id, owner)
    except StoreError as error:
        log.warning("chunk %d comes back when its lease runs out: %s", chunk_id, error)
    finally:
        database.dispose()
