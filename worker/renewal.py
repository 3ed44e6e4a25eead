"""Keeps a lease alive while its pictures are computed."""

import logging
import threading
from types import TracebackType
from typing import Self

from store import leases
from store.errors import StoreError
from store.session import Database

log = logging.getLogger(__name__)

#: A lease is renewed this many times in its length.
RENEWALS = 3


class Renewal:
    """Renews a lease on a thread of its own while the block runs; `lost` tells when it is gone."""

    def __init__(self, database: Database, lease: leases.Lease) -> None:
        self.lost = threading.Event()
        self._database, self._lease = database, lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._lease.seconds / RENEWALS):
            if not self._renew():
                self.lost.set()
                return

    def _renew(self) -> bool:
        try:
            with self._database.begin() as session:
                return leases.renew(session, self._lease)
        except StoreError as error:
            # The database may be back before the lease runs out.
            log.warning("chunk %d: cannot renew the lease: %s", self._lease.chunk_id, error)
            return True
