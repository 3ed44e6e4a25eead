"""The tasks, and what happens around them in the processes of the pool."""

import logging
import sys
from typing import Any

from billiard.einfo import ExceptionInfo
from billiard.exceptions import WorkerLostError
from celery import Task, shared_task, signals
from celery.worker.request import Request

from store.errors import StoreError
from store.queues import RUN_CHUNK, RUN_SCHEDULES
from store.settings import settings
from store.states import JobKind
from worker import draining, finish, logs, process, schedule
from worker.lapse import lapse
from worker.run import Broken

log = logging.getLogger(__name__)


class ChunkRequest(Request):  # type: ignore[misc]
    """A chunk as the main process follows it: when its process dies, its lease ends at once."""

    def on_failure(self, exc_info: ExceptionInfo, *rest: Any, **options: Any) -> None:
        """Let the lease of a dead process lapse, instead of waiting until it runs out."""
        super().on_failure(exc_info, *rest, **options)
        if isinstance(exc_info.exception, WorkerLostError) and self.worker_pid:
            lapse(self.args[0], process.owner(self.worker_pid))


class ChunkTask(Task):  # type: ignore[misc]
    """A task whose argument is a chunk."""

    Request = ChunkRequest


@shared_task(name=RUN_CHUNK, base=ChunkTask)  # type: ignore[untyped-decorator]
def run_chunk(chunk_id: int) -> None:
    """Carry out a chunk, and end its job where it was the last."""
    here = process.here()
    try:
        lease = here.runner.run(chunk_id)
        if lease is not None and lease.job.kind == JobKind.EVALUATE:
            finish.finish_evaluation(here.database, here.truths, lease.job.id)
    except StoreError as error:
        log.warning("chunk %s waits for another try: %s", chunk_id, error)
    except Broken:
        sys.exit(1)


@shared_task(name=RUN_SCHEDULES)  # type: ignore[untyped-decorator]
def run_schedules() -> None:
    """Start what is due, and end the evaluations that nobody ended."""
    here = process.here()
    try:
        schedule.run(here.database, here.settings)
        finish.finish_evaluations(here.database, here.truths)
    except StoreError as error:
        log.warning("the schedule waits for another try: %s", error)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _set_up_logging(**_sent: Any) -> None:
    logs.configure(settings().log_json, settings().log_level)


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _prepare(**_sent: Any) -> None:
    process.sacrifice()
    here = process.here()
    draining.listen(here.draining)
    here.presence.start()


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _leave(**_sent: Any) -> None:
    if process.here.cache_info().currsize:
        process.here().presence.stop()
