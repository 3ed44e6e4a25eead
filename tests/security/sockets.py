"""Writes down where every Python process of a service connects to, and which names it looks up."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Run by each interpreter as it starts, out of a folder on its path.
HOOK = """
import os, sys

def note(event, arguments):
    if event == "socket.connect":
        told = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        told = arguments[0]
    else:
        return
    line = "\\t".join([event, repr(told), " ".join(sys.argv[:6])]) + "\\n"
    descriptor = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)

sys.addaudithook(note)
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """A connection or a look-up: `to` is an address, a path or a name, as Python writes it."""

    event: str
    to: str
    process: str


def install(folder: Path) -> Path:
    """Make the folder that goes on `PYTHONPATH`; gives the file in which contacts are noted."""
    folder.mkdir()
    log = folder / "contacts"
    log.touch()
    (folder / "sitecustomize.py").write_text(HOOK.format(log=str(log)))
    return log


def contacts(log: Path) -> Iterator[Contact]:
    """What was noted so far."""
    for line in log.read_text().splitlines():
        yield Contact(*line.split("\t"))
