"""Keeps the fleet of the last experiment for the next one, where that needs the same."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tests.faults.fleet import Fleet
from tests.faults.shape import Shape


class Berth:
    """Holds one running fleet at a time."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._fleet: Fleet | None = None

    def fleet(self, database: str, shape: Shape) -> Fleet:
        """The fleet that runs, where it is such a one, or a new one in its place."""
        here = self._fleet
        if here is None or (here.kind, here.shape) != (database, shape):
            self.clear()
            self._fleet = here = self._held.enter_context(Fleet(database, shape))
        return here

    def clear(self) -> None:
        """End the fleet that runs."""
        self._held.close()
        self._fleet = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.clear()
