"""The scheduler's process: Celery beat in front, the dispatcher on a thread beside it."""

import logging
import os
import threading
from typing import Any

from celery import Celery
from celery.beat import Scheduler

from store.blobs import Blobs
from store.broker import Publisher
from store.queues import MAINTENANCE, RUN_SCHEDULES
from store.session import open_database
from store.settings import Settings, settings
from worker import logs
from worker.app import create_app
from worker.dispatcher import Dispatcher
from worker.settings import WorkerSettings

log = logging.getLogger(__name__)


def run() -> None:
    """Schedule and dispatch until SIGTERM or SIGINT."""
    chosen = settings()
    logs.configure(chosen.log_json, chosen.log_level)
    app = create_app(chosen, WorkerSettings())
    # Without the task modules: this process sends tasks and runs none.
    app.conf.include = ()
    dispatcher = make_dispatcher(chosen, app)
    thread = threading.Thread(target=_or_die, args=(dispatcher,), name="dispatcher", daemon=True)
    thread.start()
    # The slots in the database remember what ran; beat needs no file of its own.
    beat: Any = app.Beat(scheduler=Scheduler, quiet=True, loglevel=chosen.log_level.upper())
    beat.run()


def make_dispatcher(settings: Settings, app: Celery) -> Dispatcher:
    """The dispatcher over the database, blobs and broker of these settings."""

    def nudge() -> None:
        try:
            app.send_task(RUN_SCHEDULES, queue=MAINTENANCE, retry=False, expires=60)
        except Exception as error:
            log.warning("could not ask a worker to end evaluations: %s", type(error).__name__)

    return Dispatcher(
        database=open_database(settings.database_url),
        blobs=Blobs(settings.blob_url),
        publisher=Publisher(settings.broker_url),
        nudge=nudge,
        retention_days=settings.retention_days,
    )


def _or_die(dispatcher: Dispatcher) -> None:
    try:
        dispatcher.run(threading.Event())
    except BaseException:
        log.exception("the dispatcher broke; this process ends and is to be started again")
        os._exit(1)
