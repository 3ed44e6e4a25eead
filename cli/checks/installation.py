"""Python, its packages, the settings, and the data folder."""

import os
import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from cli.checks import Finding, fail, ok, warn
from store.settings import SECRETS, Settings

#: The oldest Python that is supported.
PYTHON = (3, 11)
#: Free room below which a warning comes, as a multiple of what must stay free.
SCARCE = 10
#: The package that only machines with the vision stack have.
VISION = "openvino"


def python(_settings: Settings) -> Finding:
    """Python is new enough."""
    told = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < PYTHON:
        return fail(told, "Install Python 3.11 or newer and make the environment anew.")
    return ok(told)


def packages(_settings: Settings) -> Finding:
    """Every package that this installation asks for is there, in a version that fits."""
    extras = ("", "worker") if has_vision() else ("",)
    wrong = [line for extra in extras for line in _wrong(extra)]
    if wrong:
        return fail(
            "; ".join(wrong), "Install what is asked for: make setup, or pip install again."
        )
    kind = "with the vision stack" if has_vision() else "without the vision stack"
    return ok(f"orrery {_installed('orrery') or '(not installed)'}, {kind}")


def has_vision() -> bool:
    """Whether this installation can solve pictures."""
    return _installed(VISION) is not None


def _wrong(extra: str) -> Iterator[str]:
    try:
        wanted = [Requirement(line) for line in requires("orrery") or ()]
    except PackageNotFoundError:
        return
    for it in wanted:
        asked = it.marker is None or it.marker.evaluate({"extra": extra})
        if not asked or (extra and it.marker is None):
            continue
        found = _installed(it.name)
        if found is None:
            yield f"{it.name} is missing"
        elif not it.specifier.contains(found, prereleases=True):
            yield f"{it.name} is {found}, {it.specifier} is asked for"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def settings(_settings: Settings, found: Mapping[str, str]) -> Finding:
    """Which settings are set, and where; names that look like a slip of the pen.

    `found`: settings that were not set but found, by their source.
    """
    given = sources(os.environ) | dict(found)
    told = ", ".join(f"{name} ({source})" for name, source in given.items())
    slips = [f"{name}: did you mean {near}?" for name, near in _slips(os.environ)]
    if slips:
        return warn("; ".join(slips), "Correct the name or remove the variable.")
    return ok(f"set: {told}; all else has its default" if told else "all have their defaults")


def sources(environment: Mapping[str, str]) -> dict[str, str]:
    """Where each setting that is not at its default comes from; never its value."""
    names = [f"ORRERY_{name.upper()}" for name in Settings.model_fields]
    found = {}
    for name in names:
        if name in environment:
            found[name] = "environment"
        elif (SECRETS / name.lower()).is_file():
            found[name] = str(SECRETS / name.lower())
    return found


def _slips(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = [f"ORRERY_{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if name.startswith("ORRERY_") and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.9)
            if near:
                yield name, near[0]


def folder(settings: Settings) -> Finding:
    """The data folder is there, may be written, is closed to others and has room."""
    root = settings.data_dir.absolute()
    if not root.is_dir():
        return fail(f"{root} is not there", f"Make it: mkdir -m 700 -p {root}")
    try:
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"probe")
    except OSError as error:
        return fail(
            f"{root} cannot be written: {error.strerror}",
            f"Give it to this user: chown {os.getuid()} {root}",
        )
    free = shutil.disk_usage(root).free
    told = f"{root}, {free / 1e9:.1f} GB free"
    if free < settings.min_free_bytes:
        return fail(told, "Free some room: new pictures are refused. See 'Disk nearly full'.")
    if free < SCARCE * settings.min_free_bytes:
        return warn(told, "Free some room before new pictures are refused.")
    if stat.S_IMODE(root.stat().st_mode) & 0o007:
        return warn(f"{told}; anyone on this machine may look into it", f"chmod o-rwx {root}")
    return ok(told)
