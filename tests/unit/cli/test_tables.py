"""Tables fit the terminal, whatever is in them."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cli.progress import rate
from cli.tables import LEAST, ago, fitted, laid_out, shortened

JOB = "0190d3b0c5a47000a4c1b2d3e4f50617"
WIDE = "名前が長いフォルダ"


def shown(columns: list[str], rows: list[list[object]], width: int = 80) -> list[str]:
    """The lines of a table on a terminal of this width."""
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    console.print(laid_out(columns, rows, width))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@given(
    st.lists(st.lists(st.text(max_size=120), min_size=3, max_size=3), max_size=5),
    st.integers(40, 200),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], width: int) -> None:
    lines = shown(["image", "state", "error"], [list(row) for row in rows], width)
    assert all(cell_len(line) <= width for line in lines)


def test_numbers_stand_to_the_right_and_names_to_the_left() -> None:
    head, first, second = shown(["name", "digit"], [["a", 5], ["long", 10]])
    assert head == "name  digit"
    assert (first, second) == ("a         5", "long     10")


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    _, line = shown(["image", "tile"], [["a/" * 60 + "picture-0001.jpg", 4]], 40)
    assert line.startswith("a/a/")
    assert "0001.jpg" in line
    assert "…" in line


def test_wide_characters_take_their_room() -> None:
    _, line = shown(["image", "tile"], [[f"{WIDE * 4}.jpg", 4]], 40)
    assert cell_len(line) <= 40
    assert line.endswith("4")


def test_an_id_is_never_cut() -> None:
    lines = shown(["id", "name"], [[JOB, "x" * 200]], 60)
    assert JOB in lines[1]


def test_an_error_is_shown_to_its_end() -> None:
    message = "This is no picture that can be read. Give it as JPEG, PNG or WebP."
    lines = shown(["image", "error"], [["a" * 80, message]], 60)
    assert " ".join(" ".join(lines[1:]).replace("a" * 8, "").split()).endswith("PNG or WebP.")


def test_a_column_without_a_value_is_left_out() -> None:
    assert shown(["image", "error"], [["a.jpg", None]]) == ["image", "a.jpg"]


@given(st.text(), st.integers(3, 60))
def test_a_shortened_text_fits(text: str, width: int) -> None:
    assert cell_len(shortened(text, width)) <= max(width, 3)
    assert shortened(text, cell_len(text)) == text


@given(
    st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=1, max_size=8),
    st.integers(1, 200),
)
def test_widths_shrink_only_where_they_must(columns: list[tuple[int, bool]], width: int) -> None:
    natural, fixed = [wide for wide, _ in columns], [held for _, held in columns]
    widths = fitted(natural, fixed, width)
    assert all(
        w == n or (not f and LEAST <= w < n) for w, n, f in zip(widths, natural, fixed, strict=True)
    )
    if sum(natural) + 2 * (len(natural) - 1) <= width:
        assert widths == natural


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-01-02T11:59:30Z", "30s ago"),
        ("2026-01-02T10:00:00Z", "2h ago"),
        ("2025-12-31T12:00:00Z", "2d ago"),
        ("2026-01-02T12:05:00Z", "in 5m"),
        ("2026-01-02T12:05:00", "2026-01-02T12:05:00"),
        ("never", "never"),
    ],
)
def test_a_time_is_told_from_now(moment: str, told: str) -> None:
    assert ago(moment, datetime(2026, 1, 2, 12, tzinfo=UTC)) == told


@pytest.mark.parametrize(
    ("speed", "told"), [(None, ""), (0.0, ""), (12.34, "12.3 puzzles/s"), (0.5, "30.0 puzzles/min")]
)
def test_a_rate_is_told_in_a_unit_that_reads_well(speed: float | None, told: str) -> None:
    assert rate(speed, "puzzles") == told
