"""What can go wrong when a model is trained on labelled puzzles."""

from solver.errors import SolverError


class TrainingError(SolverError):
    """A model cannot be trained on this dataset; the message says why and how to mend it."""


class LeakError(TrainingError):
    """A puzzle or a drawing stands on both sides of a split: the figures would be worthless."""


class Cancelled(TrainingError):
    """The training was cancelled; the work folder keeps what was done."""
