"""Keeps a lease alive while its pictures are computed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from store import leases
from store.errors import StoreError
from store.session import Database
from worker.meanwhile import meanwhile

log = logging.getLogger(__name__)

#: A lease is renewed this many times in its length.
RENEWALS = 3


@contextmanager
def renewed(database: Database, lease: leases.Lease) -> Iterator[threading.Event]:
    """Renew a lease while the block runs; the event is set when it is lost."""
    lost = threading.Event()

    def keep(over: threading.Event) -> None:
        while not over.wait(lease.seconds / RENEWALS):
            if not _renew(database, lease):
                lost.set()
                return

    with meanwhile("renewal", keep):
        yield lost


def _renew(database: Database, lease: leases.Lease) -> bool:
    try:
        with database.begin() as session:
            return leases.renew(session, lease)
    except StoreError as error:
        # The database may be back before the lease runs out.
        log.warning("chunk %d: cannot renew the lease: %s", lease.chunk_id, error)
        return True
