"""How gunicorn serves the API; `orrery api` names it as `python:api.gunicorn_conf`."""

import ctypes
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from store.logs import configure
from store.settings import settings

#: Every request holds a thread, event streams for as long as they last and slow clients as long as
#: they send. A thread is only started when none is idle.
worker_class = "gthread"
threads = 512
worker_connections = 1500
keepalive = 5
graceful_timeout = 20
#: The main thread of a worker must say that it is alive this often; requests may take longer.
timeout = 60
#: Connections to databases and brokers do not survive a fork.
preload_app = False
control_socket_disable = True
accesslog = None

#: Seconds of silence, in the middle of a request or of its answer, after which a client is gone.
_SILENCE = 60
#: From <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Lines(Logger):  # type: ignore[misc]
    """What gunicorn itself says, among all other lines of the service."""

    def setup(self, cfg: Any) -> None:
        """Hand the lines on to the root logger."""
        configure(settings().log_json, settings().log_level, "api")
        self.error_log.propagate = True
        self.error_log.setLevel(self.loglevel)


logger_class = Lines


def on_starting(server: Any) -> None:
    """Give the processes a folder to count together in."""
    if not os.environ.get(_FOLDER):
        os.environ[_FOLDER] = server.metrics_folder = tempfile.mkdtemp(prefix="orrery-metrics-")


def when_ready(server: Any) -> None:
    """Let no client that vanished hold a thread for ever; connections inherit it from here."""
    patience = struct.pack("ll", _SILENCE, 0)
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, patience)


def post_fork(server: Any, worker: Any) -> None:
    """Have the kernel end a worker with its master, which would else keep the port for a while."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != worker.ppid:
            sys.exit(1)


def child_exit(server: Any, worker: Any) -> None:
    """Take a process that is gone out of the metrics of what is live."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def post_worker_init(worker: Any) -> None:
    """End event streams when the process is told to stop; clients come back to the next one."""
    worker.wsgi.extensions["orrery"].streams.closing = lambda: not worker.alive


def on_exit(server: Any) -> None:
    """Remove the folder that we made."""
    folder = getattr(server, "metrics_folder", None)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
