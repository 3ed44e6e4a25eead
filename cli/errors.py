"""What can go wrong in the command line itself."""


class CliError(Exception):
    """The command cannot do what was asked; the message says why and how to mend it."""


class ServiceAwayError(CliError):
    """The service did not answer at its address."""


class MissingExtraError(CliError):
    """A command needs packages that the base installation leaves out."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(
            f"this command needs the Python package {module!r}, which is not installed; "
            f"install it with: pip install 'orrery[{extra}]'"
        )
