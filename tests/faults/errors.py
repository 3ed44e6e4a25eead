"""Errors of the experiments."""


class FaultsError(Exception):
    """An experiment went wrong."""


class CannotRun(FaultsError):
    """This machine lacks what an experiment needs."""
