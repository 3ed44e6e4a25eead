"""What the solver raises, one root for all of it."""


class SolverError(Exception):
    """Something the solver was given cannot be used; the message says what and how to mend it."""


class PictureError(SolverError):
    """A picture cannot be read as a puzzle; `code` is a short word for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type["PictureError"], tuple[str, str]]:
        return type(self), (self.code, self.message)


class DatasetError(SolverError):
    """A labelled dataset cannot be read at all."""


class ModelError(SolverError):
    """A model cannot be found, or its files do not fit together."""


class DeviceError(SolverError):
    """The device that the nets run on has no room for them."""
