"""Reads a JSON list one element at a time, so that memory holds the text and one element."""

import json
import re
from collections.abc import Iterator
from typing import Any

from solver.errors import DatasetError

#: What JSON allows between its parts.
SPACE = re.compile(r"[ \t\n\r]*")


def elements(content: bytes) -> Iterator[Any]:
    """The elements of a JSON list, or the one value that is no list, in any UTF encoding.

    Raises DatasetError at the first place that is not JSON.
    """
    try:
        yield from _values(content.decode(json.detect_encoding(content)).removeprefix("\ufeff"))
    except RecursionError as fault:
        raise DatasetError("The labels are nested too deeply; export them again.") from fault
    except ValueError as fault:
        raise DatasetError(f"The labels are not JSON: {fault}; export them again.") from fault


def _values(text: str) -> Iterator[Any]:
    decode = json.JSONDecoder().raw_decode
    at = _skip(text, 0)
    if not text.startswith("[", at):
        value, at = decode(text, at)
        yield value
    else:
        at = _skip(text, at + 1)
        more = not text.startswith("]", at)
        while more:
            value, at = decode(text, at)
            yield value
            at = _skip(text, at)
            more = text.startswith(",", at)
            at = _skip(text, at + 1) if more else at
        if not text.startswith("]", at):
            raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
        at += 1
    if _skip(text, at) != len(text):
        raise json.JSONDecodeError("Extra data", text, at)


def _skip(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at
