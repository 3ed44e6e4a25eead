"""Which version of Orrery this is."""

from importlib.metadata import PackageNotFoundError, version


def installed() -> str:
    """The version, `0` where the package is not installed."""
    try:
        return version("orrery")
    except PackageNotFoundError:
        return "0"
