"""A quick and orderly way out: on SIGTERM the pool's children finish their micro-batch and leave.

Celery's warm shutdown waits for whole tasks. Here the main process first tells its children, by
SIGUSR2, to stop after the micro-batch they are at and to give the rest of their chunk back; the
warm shutdown that follows is then short. Should a child not listen, the shutdown turns cold.
"""

import os
import signal
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

#: What the main process sends to its pool.
DRAIN = signal.SIGUSR2


def listen(draining: threading.Event) -> None:
    """In a pool child: set `draining` when the main process says so."""
    signal.signal(DRAIN, lambda _number, _frame: draining.set())


def install(pool: Any, grace_seconds: float) -> None:
    """In the main process: drain the pool before Celery's own handling of SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        _wrap(number, pool, grace_seconds)


def _wrap(number: signal.Signals, pool: Any, grace_seconds: float) -> None:
    before = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        _tell(child.pid for child in pool._pool._pool)
        _turn_cold_after(grace_seconds)
        if callable(before):
            before(received, frame)

    signal.signal(number, handle)


def _tell(children: Iterable[int]) -> None:
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, DRAIN)


def _turn_cold_after(seconds: float) -> None:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGQUIT))
    timer.daemon = True
    timer.start()
