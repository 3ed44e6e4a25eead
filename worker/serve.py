"""The main process of a worker: a Celery worker over a pool of fresh interpreters."""

import os
import socket
import warnings
from collections.abc import Sequence
from typing import Any

from celery import signals
from celery.platforms import SecurityWarning

from store.settings import settings
from worker import draining
from worker.app import create_app
from worker.settings import WorkerSettings
from worker.standing import give_way


def serve(
    concurrency: int | None,
    queues: Sequence[str],
    device: str | None = None,
    threads: int | None = None,
    name: str | None = None,
) -> int:
    """Work until SIGTERM; the exit status. Broker and database may come and go meanwhile.

    `concurrency`: processes of the pool; by default one, or one a GPU.
    """
    _choose(queues, device, threads)
    worker_settings = WorkerSettings()
    if worker_settings.trains_only:
        give_way()
    # The container's only user may be root; messages are JSON, nothing is unpickled.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = create_app(settings(), worker_settings)

    @signals.worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def _drain_on_signals(sender: Any, **_rest: Any) -> None:
        draining.install(sender.pool, worker_settings.grace_seconds)

    worker = app.Worker(
        hostname=f"{name or os.getpid()}@{socket.gethostname()}",
        concurrency=concurrency or (1 if worker_settings.trains_only else len(_gpus()) or 1),
        queues=list(queues),
        pool="prefork",
        quiet=True,
        loglevel=settings().log_level.upper(),
        # Workers have nothing to say to each other; the database is where they meet.
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
    )
    # A child would write lines of another shape until its own logging is set up.
    os.environ.pop("_MP_FORK_LOGLEVEL_", None)
    worker.start()
    return int(worker.exitcode or 0)


def _gpus() -> list[str]:
    """The GPUs that the processes of the pool share out among them; see `worker.tasks`."""
    from solver.runtime import gpus

    return gpus.visible() if settings().device in gpus.SHARED else []


def _choose(queues: Sequence[str], device: str | None, threads: int | None) -> None:
    # Children of the pool are fresh interpreters: what they shall know goes through variables.
    os.environ["ORRERY_QUEUES"] = ",".join(queues)
    if device is not None:
        os.environ["ORRERY_DEVICE"] = device
    if threads is not None:
        os.environ["ORRERY_THREADS"] = str(threads)
    settings.cache_clear()
