"""Ends the lease of a process that is known to be dead."""

import logging

from store import expiry
from store.errors import StoreError
from store.session import open_database
from store.settings import settings

log = logging.getLogger(__name__)


def lapse(owner: str) -> None:
    """Let the next sweep take back what it held; a lost chance only costs the rest of the lease."""
    database = open_database(settings().database_url)
    try:
        with database.begin() as session:
            expiry.lapse(session, owner)
    except StoreError as error:
        log.warning("what %s held comes back when its lease runs out: %s", owner, error)
    finally:
        database.dispose()
