"""Tables that fit a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.cells import cell_len, chop_cells
from rich.table import Table

from cli.console import cell

#: Blanks between two columns.
GAP = 2
#: What a column of names keeps at least, in cells of the terminal.
LEAST = 8
#: Columns that are copied from a terminal, and so are never cut.
WHOLE = ("id", "key", "prefix")
#: Columns that are read to their end: what does not fit goes on in the next line.
READ = ("detail", "error", "figure", "mend", "message", "note", "value", "why")
#: A column of times ends so; it shows how long ago that was.
TIME = "_at"
#: Seconds of the units in which a time is told.
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def laid_out(columns: Sequence[str], rows: Sequence[Sequence[object]], width: int) -> Table:
    """A table no wider than `width`, as long as that leaves each column LEAST cells.

    Columns without any value are left out.
    """
    kept = [
        k for k in range(len(columns)) if not rows or any(row[k] not in (None, "") for row in rows)
    ]
    names = [columns[k].removesuffix(TIME).removesuffix("_name") for k in kept]
    texts = [[_shown(columns[k], row[k]) for k in kept] for row in rows]
    numeric = [_is_numeric([row[k] for row in rows]) for k in kept]
    fixed = [held or columns[k] in WHOLE for k, held in zip(kept, numeric, strict=True)]
    widths = fitted(_natural(names, texts), fixed, width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for name, right, wide in zip(names, numeric, widths, strict=True):
        table.add_column(
            name,
            justify="right" if right else "left",
            width=wide,
            overflow="fold",
            no_wrap=name not in READ,
        )
    for row in texts:
        cells = zip(names, row, widths, strict=True)
        table.add_row(*(t if name in READ else shortened(t, wide) for name, t, wide in cells))
    return table


def _shown(column: str, value: object) -> str:
    if column.endswith(TIME) and isinstance(value, str):
        return ago(value, datetime.now(UTC))
    return cell(value)


def ago(moment: str, now: datetime) -> str:
    """How long ago a time was, or in how long it will be; another text stays as it is."""
    try:
        seconds = (now - datetime.fromisoformat(moment)).total_seconds()
    except (TypeError, ValueError):
        return cell(moment)
    unit = next((name for name, span in UNITS.items() if abs(seconds) >= span), "s")
    told = f"{abs(seconds) // UNITS[unit]:.0f}{unit}"
    return f"{told} ago" if seconds >= 0 else f"in {told}"


def _is_numeric(values: Sequence[object]) -> bool:
    """Whether a column holds numbers and nothing else."""
    known = [value for value in values if value is not None and value != ""]
    return bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )


def _natural(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> list[int]:
    heads = [cell_len(name) for name in columns]
    return [max([head, *(cell_len(row[k]) for row in texts)]) for k, head in enumerate(heads)]


def fitted(natural: Sequence[int], fixed: Sequence[bool], width: int) -> list[int]:
    """Widths of columns that together take `width`: the widest that may shrink do, to one size."""
    held = sum(wide for wide, is_fixed in zip(natural, fixed, strict=True) if is_fixed)
    free = [wide for wide, is_fixed in zip(natural, fixed, strict=True) if not is_fixed]
    most = max(LEAST, _limit(free, width - GAP * (len(natural) - 1) - held))
    return [w if is_fixed else min(w, most) for w, is_fixed in zip(natural, fixed, strict=True)]


def _limit(widths: Sequence[int], room: int) -> int:
    """The largest width to which all can be cut so that together they fit."""
    left = sorted(widths)
    while left and left[0] * len(left) <= room:
        room -= left.pop(0)
    return room // len(left) if left else max(widths, default=0)


def shortened(text: str, width: int) -> str:
    """A text of so many cells at most, its middle left out where it is longer."""
    if cell_len(text) <= width:
        return text
    kept = max(0, width - 1)
    head = _first(text, kept // 2)
    # A path's end tells more than its beginning.
    return f"{head}…{_first(text[::-1], kept - cell_len(head))[::-1]}"


def _first(text: str, width: int) -> str:
    return chop_cells(text, width)[0] if width >= 2 and text else ""
