"""What `orrery doctor` looks at: each check is a function from the settings to a finding."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from store.logs import without_secrets
from store.settings import Settings


class Status(StrEnum):
    """How a check ended; only `fail` makes the exit status 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `mend`: what to do about it."""

    status: Status
    detail: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name, and the seconds that it may take."""

    name: str
    look: Callable[[Settings], Finding]
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding by the name of its check."""

    name: str
    finding: Finding


def ok(detail: str) -> Finding:
    """All is well."""
    return Finding(Status.OK, detail)


def warn(detail: str, mend: str) -> Finding:
    """It works, but should be looked at."""
    return Finding(Status.WARN, detail, mend)


def fail(detail: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Status.FAIL, detail, mend)


def skip(detail: str) -> Finding:
    """It does not apply here."""
    return Finding(Status.SKIP, detail)


def run(checks: Sequence[Check], settings: Settings) -> Iterator[Checked]:
    """Run all checks side by side; findings in their order. None of them waits for ever."""
    began = time.monotonic()
    answers = [(check, _start(check, settings)) for check in checks]
    for check, answer in answers:
        try:
            left = began + check.seconds - time.monotonic()
            found = answer.get(timeout=max(0.0, left))
        except queue.Empty:
            found = fail(
                f"gave no answer in {check.seconds:g} s", "See whether it hangs or is overloaded."
            )
        yield Checked(
            check.name,
            Finding(found.status, without_secrets(found.detail), without_secrets(found.mend)),
        )


def _start(check: Check, settings: Settings) -> "queue.SimpleQueue[Finding]":
    answer: queue.SimpleQueue[Finding] = queue.SimpleQueue()

    def look() -> None:
        try:
            answer.put(check.look(settings))
        except Exception as error:
            told = f"{type(error).__name__}: {error}".partition("\n")[0]
            answer.put(fail(told, "This fault was not foreseen; the text may help."))

    # A daemon: one that hangs does not keep the command from ending.
    threading.Thread(target=look, name=check.name, daemon=True).start()
    return answer
