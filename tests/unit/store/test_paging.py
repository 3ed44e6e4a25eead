"""Cursors."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import paging
from store.errors import InvalidCursor


@given(st.integers(min_value=0, max_value=2**62) | st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_a_cursor_gives_its_key_back(key: int | str) -> None:
    cursor = paging.encode(key)

    assert paging.decode(cursor, type(key)) == key
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_any_other_text_is_refused_or_harmless(text: str) -> None:
    with suppress(InvalidCursor):
        assert len(paging.decode(text, str)) <= 255


@pytest.mark.parametrize("wrong", ["", "é", "A", "W10", "bnVsbA", "dHJ1ZQ", "MS41", "[" * 9000])
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidCursor):
        paging.decode(wrong, int)


@given(st.lists(st.integers(0, 99), unique=True).map(sorted), st.integers(1, 7))
def test_pages_together_are_the_whole_list(numbers: list[int], limit: int) -> None:
    seen: list[int] = []
    after = -1
    while True:
        rows = [number for number in numbers if number > after][: limit + 1]
        page = paging.cut(rows, limit, lambda number: number)
        assert len(page.items) <= limit
        seen += page.items
        if page.next is None:
            break
        after = paging.decode(page.next, int)

    assert seen == numbers
