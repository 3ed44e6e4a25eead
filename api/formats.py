"""A result as the solved-picture object, and all results of a job as JSON Lines or CSV."""

import csv
import io
from collections.abc import Iterable, Iterator

from api.schemas.jobs import Failure
from api.schemas.results import Solved, SolvedDetail
from store.tables import Result

#: The columns of the CSV, in order.
COLUMNS = (
    "position",
    "image",
    "tile",
    "x",
    "y",
    "digit",
    "confidence",
    "error_code",
    "error_message",
    "model",
)

#: A cell that begins with one of these, after any blanks, is a formula to some spreadsheet.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")


def solved(row: Result) -> Solved:
    """The solved-picture object of a result."""
    return Solved(**_fields(row))


def detail(row: Result) -> SolvedDetail:
    """The same with what every stage saw."""
    return SolvedDetail(**_fields(row), seen=row.seen, outcome=row.outcome, seconds=row.seconds)


def _fields(row: Result) -> dict[str, object]:
    point = None if row.x is None or row.y is None else (row.x, row.y)
    error = None
    if row.error_code is not None:
        error = Failure(code=row.error_code, message=row.error_message or "")
    return {
        "image": row.image,
        "tile": row.tile,
        "point": point,
        "digit": row.digit,
        "confidence": row.confidence,
        "error": error,
        "model": row.model,
        "position": row.position,
    }


def jsonl(rows: Iterable[Result]) -> Iterator[str]:
    """One JSON object a line."""
    for row in rows:
        yield solved(row).model_dump_json() + "\n"


def table(rows: Iterable[Result]) -> Iterator[str]:
    """CSV (RFC 4180) with a header; text that a spreadsheet would run gets a leading quote mark."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line([_cell(getattr(row, column)) for column in COLUMNS])


def _cell(value: object) -> object:
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return value


def _line(values: Iterable[object]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
