"""A confusion matrix: how often each class was taken for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solver.charts import svg

#: Width of the picture, the room for names of rows and columns, and the height of a cell.
WIDTH, LEFT, TOP, CELL = 360.0, 62.0, 44.0, 34.0


def matrix(
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    titles: tuple[str, str],
    label: str,
) -> str:
    """Counts of (row, column); a row's shades are its shares, those off the diagonal are wrong.

    `titles` name the rows and the columns.
    """
    wide = (WIDTH - LEFT) / max(1, len(columns))
    heads = "".join(
        svg.text(LEFT + wide * (k + 0.5), TOP - 8, name, "tick", "middle")
        for k, name in enumerate(columns)
    )
    body = "".join(_row(counts, name, columns, TOP + CELL * k, wide) for k, name in enumerate(rows))
    sides = svg.text(LEFT - 8, TOP - 8, titles[0], "quiet", "end")
    above = svg.text(LEFT + (WIDTH - LEFT) / 2, 12, titles[1], "quiet", "middle")
    return svg.picture(WIDTH, TOP + CELL * len(rows), label, sides, above, heads, body)


def _row(
    counts: Mapping[tuple[str, str], int], name: str, columns: Sequence[str], y: float, wide: float
) -> str:
    total = sum(counts.get((name, column), 0) for column in columns)
    drawn = svg.text(LEFT - 8, y + CELL / 2 + 4, name, "", "end")
    for k, column in enumerate(columns):
        count = counts.get((name, column), 0)
        drawn += _cell(
            count, count / total if total else 0.0, LEFT + wide * k, y, wide, name == column
        )
    return drawn


def _cell(count: int, share: float, x: float, y: float, wide: float, right: bool) -> str:
    kind = "right" if right else "wrong"
    place = {"x": x + 1, "y": y + 1, "width": wide - 2, "height": CELL - 2, "rx": 3}
    # Rare confusions must be seen at all.
    shade = round(0.12 + 0.68 * share, 3) if count else 0.04
    words = f"{count}, {share:.1%} of the row" if count else "none"
    box = svg.element(
        "rect",
        {**place, "class": f"cell {kind}", "fill-opacity": shade},
        svg.element("title", {}, words),
    )
    shown = svg.text(
        x + wide / 2, y + CELL / 2 + 4, count or "·", "figure" if count else "tick", "middle"
    )
    return box + shown
