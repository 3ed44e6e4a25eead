"""Hypothesis on the readers that `python -m tests.fuzz` tries at length, and all its finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import FINDS, TARGETS

SEEDS = {name: target.seeds() for name, target in TARGETS.items()}
finds = [(path.parent.name, path) for path in sorted(FINDS.glob("*/*"))]

each = pytest.mark.parametrize("name", TARGETS)


def spoilt(draw: st.DrawFn, seed: bytes) -> bytes:
    """A seed with some bytes changed, removed, doubled or cut off."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        to = min(len(data), at + draw(st.integers(1, 16)))
        match draw(st.sampled_from(["change", "remove", "double", "cut"])):
            case "change":
                data[at:to] = draw(st.binary(min_size=to - at, max_size=to - at))
            case "remove":
                del data[at:to]
            case "double":
                data[at:at] = data[at:to]
            case "cut":
                del data[at:]
    return bytes(data)


@each
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_a_reader(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(SEEDS[name]))
    TARGETS[name].run(data.draw(st.composite(spoilt)(seed) | st.binary(max_size=300)))


@each
def test_the_seeds_are_read_or_refused(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        TARGETS[name].run(seed)


@pytest.mark.parametrize(("name", "path"), finds, ids=lambda it: getattr(it, "name", it))
def test_what_was_found_once_is_found_no_more(name: str, path: object) -> None:
    TARGETS[name].run(path.read_bytes())  # type: ignore[attr-defined]
