"""What the worker raises, one root for all of it."""


class WorkerError(Exception):
    """The worker cannot go on; the message says why and how to mend it."""


class BadSolverError(WorkerError):
    """ORRERY_SOLVER does not name something that loads a solver."""


class JobError(WorkerError):
    """A job cannot be carried out as a whole; `code` is a short word for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NoModelError(JobError):
    """A job names a model that is not registered, or that cannot be loaded."""

    def __init__(self, message: str) -> None:
        super().__init__("model", message)


class Later(WorkerError):
    """A chunk cannot be worked on now through no fault of its own; it is tried again soon."""
