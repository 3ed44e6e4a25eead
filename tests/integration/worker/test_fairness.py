"""Real workers serve a small job long before a large one that came first is done."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from store import jobs, keys
from tests.integration.worker.farm import CHUNK, Farm, process_at


@pytest.mark.parametrize("same_key", [True, False], ids=["same key", "another key"])
def test_five_pictures_do_not_wait_for_five_thousand(
    farm: Farm, same_key: bool, tmp_path: Path
) -> None:
    *held, first, last = (tmp_path / name for name in ("one", "other", "first", "last"))
    solved = ["tile 1"] * CHUNK
    gates = [text for gate in held for text in (f"wait {gate}", *solved[1:])]
    large = farm.submit([*solved, *solved, *gates, *solved * 1_246], publish=False)
    # Both processes stand at a gate, and so does whoever comes to the first and last of the five.
    wait_at(held)
    before = farm.job(large).done
    small_key = farm.key_id if same_key else _new_key(farm)
    small = farm.submit([f"wait {first}", *["tile 2"] * 3, f"wait {last}"], key_id=small_key)
    open_all(held)
    wait_at((first, last))
    meanwhile = farm.job(large).done - before
    open_all((first, last))
    found = farm.wait(small)
    with farm.database.begin() as session:
        jobs.cancel(session, None, large)
    assert [result.tile for result in found] == [1, 2, 2, 2, 1]
    # What the processes had in hand, and what came in turn before the last of the five.
    assert meanwhile <= 8 * CHUNK


def wait_at(gates: Iterable[Path]) -> None:
    for gate in gates:
        process_at(gate)


def open_all(gates: Iterable[Path]) -> None:
    for gate in gates:
        gate.touch()


def _new_key(farm: Farm) -> str:
    with farm.database.begin() as session:
        return keys.create(session, "another", ["submit"])[0].id
