"""The tasks, and what happens around them in the processes of the pool.

What needs the solver is imported inside the tasks: the main process only hands messages on.
"""

import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

from billiard.einfo import ExceptionInfo
from billiard.exceptions import WorkerLostError
from billiard.process import current_process
from celery import Task, shared_task, signals
from celery.worker.request import Request

from store.errors import StoreError
from store.logs import configure
from store.presence import TRAINER, WORKER, Hello
from store.queues import RUN_CHUNK, RUN_SCHEDULES
from store.settings import settings
from worker import draining, standing
from worker.lapse import lapse
from worker.presence import Presence
from worker.settings import WorkerSettings

if TYPE_CHECKING:
    from worker.process import Process

log = logging.getLogger(__name__)

#: In a process of the pool: set when it shall leave soon, and its signs of life.
_draining = threading.Event()
_presence: list[Presence] = []


def owner(pid: int) -> str:
    """How a process of this machine signs its leases."""
    return f"{socket.gethostname()}:{pid}"


class ChunkRequest(Request):  # type: ignore[misc]
    """A chunk as the main process follows it: when its process dies, its lease ends at once."""

    def on_failure(self, exc_info: ExceptionInfo, *rest: Any, **options: Any) -> None:
        """Let the lease of a dead process lapse, instead of waiting until it runs out."""
        super().on_failure(exc_info, *rest, **options)
        if issubclass(exc_info.type, WorkerLostError) and self.worker_pid:
            lapse(owner(self.worker_pid))


class ChunkTask(Task):  # type: ignore[misc]
    """A task whose argument is a chunk."""

    Request = ChunkRequest


@shared_task(name=RUN_CHUNK, base=ChunkTask)  # type: ignore[untyped-decorator]
def run_chunk(chunk_id: int) -> None:
    """Carry out a chunk, and end its job where it was the last."""
    from worker.run import Broken

    try:
        _here().run_chunk(chunk_id)
    except StoreError as error:
        log.warning("chunk %s waits for another try: %s", chunk_id, error)
    except Broken:
        # A fresh process takes this one's place.
        sys.exit(1)


@shared_task(name=RUN_SCHEDULES)  # type: ignore[untyped-decorator]
def run_schedules() -> None:
    """Start what is due, and end the evaluations that nobody ended."""
    try:
        _here().run_schedules()
    except StoreError as error:
        log.warning("the schedule waits for another try: %s", error)


def _here() -> "Process":
    from worker.process import here

    return here(owner(os.getpid()), _draining)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _set_up_logging(**_sent: Any) -> None:
    configure(settings().log_json, settings().log_level, "worker")


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _prepare(**_sent: Any) -> None:
    standing.fall_before_databases()
    draining.listen(_draining)
    _take_gpu()
    kind, hello = (TRAINER, _idle()) if WorkerSettings().trains_only else (WORKER, _ready())
    _presence.append(Presence(settings().broker_url, kind, hello))
    _presence[0].start()


def _take_gpu() -> None:
    """Leave each process of the pool one GPU, where the setting does not name one for all."""
    from solver.runtime import gpus

    if settings().device in gpus.SHARED:
        gpus.take(current_process().index)


def _idle() -> Hello:
    """Say nothing of a model: it is loaded when there is a training."""
    return Hello(owner(os.getpid()))


def _ready() -> Hello:
    try:
        return _here().hello
    except Exception:
        log.exception("this worker cannot be made ready and ends")
        os.kill(os.getppid(), signal.SIGQUIT)
        raise


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _leave(**_sent: Any) -> None:
    for presence in _presence:
        presence.stop()
