"""Runs something on a thread of its own for as long as a block runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context


@contextmanager
def meanwhile(name: str, action: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run `action` beside the block; its event says that the block ended, which waits for it."""
    over = threading.Event()
    # What the block's lines in the log carry, those of the thread shall carry too.
    run = copy_context().run
    thread = threading.Thread(target=run, args=(action, over), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
