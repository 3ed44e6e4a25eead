"""The scheduler's process: Celery beat in front, dispatcher and cleaner on threads beside it."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery.beat import Scheduler

from store.blobs import Blobs
from store.broker import Publisher
from store.logs import configure
from store.presence import SCHEDULER, Hello
from store.session import open_database
from store.settings import Settings, settings
from worker.app import create_app
from worker.cleaner import Cleaner
from worker.dispatcher import Dispatcher
from worker.presence import Presence
from worker.settings import WorkerSettings
from worker.watchdog import silence_limit

log = logging.getLogger(__name__)

#: Seconds that a round of the dispatcher may take; one that waits for longer waits for ever, as on
#: a database that took a statement and never answers.
ROUND_SECONDS = 600.0


def run() -> None:
    """Schedule and dispatch until SIGTERM or SIGINT."""
    chosen = settings()
    configure(chosen.log_json, chosen.log_level, "beat")
    app = create_app(chosen, WorkerSettings())
    # Without the task modules: this process sends tasks and runs none.
    app.conf.include = ()
    cleaner = Cleaner(
        open_database(chosen.database_url), Blobs(chosen.blob_url), chosen.retention_days
    )
    loops = watched(make_dispatcher(chosen).run), cleaner.run, cleaner.sum_up
    beside(*loops, stop=threading.Event())
    name = f"{socket.gethostname()}:{os.getpid()}"
    Presence(chosen.broker_url, SCHEDULER, Hello(name)).start()
    # The slots in the database remember what ran; beat needs no file of its own.
    beat: Any = app.Beat(scheduler=Scheduler, quiet=True, loglevel=chosen.log_level.upper())
    beat.run()


def make_dispatcher(settings: Settings) -> Dispatcher:
    """The dispatcher over the database and broker of these settings."""
    return Dispatcher(
        database=open_database(settings.database_url),
        publisher=Publisher(settings.broker_url),
        lease_seconds=settings.lease_seconds,
    )


def watched(
    loop: Callable[[threading.Event, Callable[[], None]], None],
) -> Callable[[threading.Event], None]:
    """A loop that ends the process, to be started anew, once a round of it takes too long."""

    def run(stop: threading.Event) -> None:
        with silence_limit(ROUND_SECONDS) as heard:
            loop(stop, heard)

    return run


def beside(
    *loops: Callable[[threading.Event], None], stop: threading.Event
) -> list[threading.Thread]:
    """Run loops on threads of their own; one that breaks ends the process, to be started anew."""
    threads = [threading.Thread(target=_or_die, args=(loop, stop), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    return threads


def _or_die(loop: Callable[[threading.Event], None], stop: threading.Event) -> None:
    try:
        loop(stop)
    except BaseException:
        log.exception("a loop broke; this process ends and is to be started again")
        os._exit(1)
