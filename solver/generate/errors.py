"""What the generator raises."""

from __future__ import annotations

from solver.errors import SolverError


class GenerateError(SolverError):
    """The puzzles could not be generated as asked."""
