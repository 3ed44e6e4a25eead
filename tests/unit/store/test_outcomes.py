"""Outcomes in a blob."""

from hypothesis import given
from hypothesis import strategies as st

from store.blobs import Blobs
from store.outcomes import Pack, read
from tests.servers import scratch

values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
lines = st.lists(st.dictionaries(st.text(), values, max_size=4), max_size=8)


def packed(outcomes: list[dict[str, object]]) -> bytes:
    pack = Pack()
    for outcome in outcomes:
        pack.add(outcome)
    return pack.data()


@given(outcomes=lines)
def test_what_is_packed_is_read_and_the_same_outcomes_are_the_same_bytes(
    outcomes: list[dict[str, object]],
) -> None:
    assert packed(outcomes) == packed(outcomes)
    with scratch() as folder:
        blobs = Blobs(str(folder))
        assert list(read(blobs, blobs.put(packed(outcomes)))) == outcomes
