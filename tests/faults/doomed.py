"""The API as gunicorn serves it, but for one thing: it dies where the experiment says.

A file named like one of the points, in the folder named by `FAULTS_POINTS`, kills the process that
reaches that point first; the file is gone then.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Flask

from api import accepting, create_app
from store.blobs import Batch
from store.broker import Publisher
from store.settings import settings

#: After the pictures are stored, after the job is committed, and just before its message is sent.
POINTS = ("blob", "commit", "publish")


def app() -> Flask:
    """The application over the settings of this process, with its points armed."""
    Batch.store = _after("blob", Batch.store)  # type: ignore[method-assign]
    accepting.publish = _before("commit", accepting.publish)
    Publisher.publish = _before("publish", Publisher.publish)  # type: ignore[method-assign]
    return create_app(settings())


def _after(point: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        given = call(*arguments, **options)
        _reach(point)
        return given

    return wrapped


def _before(point: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        _reach(point)
        return call(*arguments, **options)

    return wrapped


def _reach(point: str) -> None:
    try:
        (Path(os.environ["FAULTS_POINTS"]) / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
