"""One line an event, on standard error, from every logger of a process: JSON, or text to read.

What a request or a chunk has bound (`structlog.contextvars`) goes along in each line, from
whichever module: `request_id`, `job_id`, `chunk_id`, `worker`.
"""

import logging
import os
import re
import sys
from typing import TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from store.tables.base import REQUEST_ID

#: What no log may hold: the secret of an API key, the password of a URL.
SECRET = re.compile(r"\b(orr_\w+\.)[\w-]+|(\w://[^\s:/@]*:)[^\s/@]+(?=@)")
MASK = r"\1\2***"


def configure(as_json: bool, level: str, part: str) -> None:
    """Send what every logger says to standard error; `part` names what this process is."""
    enrich: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _process(part),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *enrich,
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    formatter = ProcessorFormatter(
        foreign_pre_chain=[*enrich, structlog.stdlib.ExtraAdder()],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            *(_json() if as_json else _text()),
            _masked,
        ],
    )
    # Each look at the schema would else be two lines.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    root = logging.getLogger()
    for earlier in [it for it in root.handlers if isinstance(it, StandardError)]:
        root.removeHandler(earlier)
    handler = StandardError()
    handler.setFormatter(formatter)
    root.addHandler(handler)
    root.setLevel(logging.getLevelNamesMapping().get(level.upper(), logging.INFO))


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the moment, which a test or a tool may have changed."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error."""
        return sys.stderr


def _process(part: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {**event, "part": part, "process": os.getpid()}

    return add


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]


def _text() -> list[Processor]:
    # Tracebacks come without local variables: those may hold a key.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _masked(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    # The last step sees the whole line, whichever field or traceback the secret stood in.
    return without_secrets(str(line))


def request_id() -> str | None:
    """The request that the lines of this moment are about; what comes of it carries it on."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return None if found is None else str(found)[:REQUEST_ID]


def without_secrets(text: str) -> str:
    """The text, secrets of API keys and passwords in URLs masked."""
    return SECRET.sub(MASK, text)
