"""Keeps the fleet of the last experiment for the next one, where that needs the same."""

from contextlib import ExitStack

from tests.faults.fleet import Fleet, running
from tests.faults.shape import Shape


class Berth:
    """Holds one running fleet at a time, at the longest until `held` is closed."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self._fleet: Fleet | None = None

    def fleet(self, database: str, shape: Shape) -> Fleet:
        """The fleet that runs, where it is such a one, or a new one in its place."""
        here = self._fleet
        if here is None or (here.kind, here.shape) != (database, shape):
            self.clear()
            self._fleet = here = self._held.enter_context(running(database, shape))
        return here

    def clear(self) -> None:
        """End the fleet that runs."""
        self._held.close()
        self._fleet = None
