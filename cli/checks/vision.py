"""What solves pictures: the model and where its nets run."""

from importlib.resources import files
from time import perf_counter

from cli.checks import Finding, fail, ok, skip, warn
from cli.checks.installation import has_vision
from store.settings import Settings

#: A drawn puzzle that comes with the package, and the tile and digit that are right for it.
PUZZLE = files("cli.checks").joinpath("puzzle.webp")
TILE, DIGIT = 4, 1
#: A model that is right but less sure than this deserves a look.
SURE = 0.9

ABSENT = "no vision stack here, as fits API and scheduler; workers: pip install 'orrery[worker]'"


def devices(settings: Settings) -> Finding:
    """The device that the settings ask for is there."""
    if not has_vision():
        return skip(ABSENT)
    from openvino import Core

    from solver.errors import SolverError
    from solver.model import choose_device

    listed = ", ".join(Core().available_devices)
    try:
        chosen = choose_device(settings.device)
    except SolverError as error:
        return fail(f"ORRERY_DEVICE={settings.device}: {error}", "Set it to auto or cpu.")
    return ok(f"nets run on {chosen}; OpenVINO sees {listed}")


def model(settings: Settings) -> Finding:
    """The model loads, and solves a picture whose answer is known."""
    if not has_vision():
        return skip(ABSENT)
    from solver import Failure, SolverError, load_solver

    began = perf_counter()
    try:
        with load_solver(settings.model or None, settings.device, 1) as solver:
            [found] = solver.solve([PUZZLE.read_bytes()])
            told = f"{solver.model_id}, {perf_counter() - began:.1f} s with loading"
    except SolverError as error:
        return fail(str(error), "Set ORRERY_MODEL to a model's folder, or leave it empty.")
    if isinstance(found, Failure):
        return fail(f"{told}: cannot read the built-in puzzle: {found.message}", _MEND)
    if (found.tile, found.digit) != (TILE, DIGIT):
        return fail(
            f"{told}: says tile {found.tile} of the built-in puzzle, right is {TILE}", _MEND
        )
    if found.confidence < SURE:
        return warn(f"{told}: right, but only {found.confidence:.2f} sure", _MEND)
    return ok(f"{told}: right, {found.confidence:.2f} sure")


_MEND = "Evaluate it ('orrery evaluate'), or go back to the model that ships."
