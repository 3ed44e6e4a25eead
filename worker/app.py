"""The Celery application: JSON messages over Redis, no results, a pool of fresh interpreters.

Messages are hints and may be lost or doubled; the SQL database decides. That is why they are
acknowledged early and never retried.
"""

from typing import Any

from celery import Celery
from kombu.entity import Queue

from store import chunking
from store.queues import MAINTENANCE, QUEUES, RUN_SCHEDULES, SOLVE
from store.settings import Settings
from worker.settings import WorkerSettings

#: Redis hands a message out again after this many seconds without an acknowledgement. The
#: dispatcher re-sends long before; a short time would only run long tasks twice.
VISIBILITY_SECONDS = 6 * 3600
#: Seconds until a broker counts as away that cannot be reached, and one that says nothing, as when
#: it vanished without closing its connections.
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 5.0
#: Seconds until a pool child must have loaded its model.
START_SECONDS = 300
#: Seconds between two looks at the schedule.
SCHEDULE_SECONDS = 60


def create_app(settings: Settings, worker: WorkerSettings) -> Celery:
    """The application for one broker."""
    app = Celery("orrery", amqp="worker.reconnect:Amqp", include=["worker.tasks"])
    app.conf.update(_messages(settings) | _pool(settings, worker))
    app.conf.beat_schedule = {
        "schedules": {
            "task": RUN_SCHEDULES,
            "schedule": SCHEDULE_SECONDS,
            "options": {"queue": MAINTENANCE, "expires": SCHEDULE_SECONDS},
        }
    }
    return app


def _messages(settings: Settings) -> dict[str, Any]:
    return {
        "broker_url": settings.broker_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": 5,
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_publish_retry": False,
        "task_queues": [Queue(name) for name in QUEUES],  # type: ignore[no-untyped-call]
        "task_default_queue": SOLVE,
        "task_create_missing_queues": False,
        "worker_enable_remote_control": False,
        "timezone": "UTC",
    }


def _pool(settings: Settings, worker: WorkerSettings) -> dict[str, Any]:
    return {
        "worker_pool_start_method": "spawn",
        "worker_proc_alive_timeout": START_SECONDS,
        # A worker takes a message only when it can start on it.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_soft_shutdown_timeout": worker.grace_seconds,
        # Each micro-batch has a limit of its own; this is for whatever that one misses.
        "task_time_limit": worker.batch_seconds * ((settings.chunk_size or chunking.MOST) + 1),
        "task_reject_on_worker_lost": False,
        # Seconds until a process that is gone counts as lost; it has nothing more to say.
        "worker_lost_wait": 1.0,
        # What a training took of memory goes with its process.
        "worker_max_tasks_per_child": 1 if worker.trains_only else None,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }
