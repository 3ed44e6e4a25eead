"""Real workers serve a small job long before a large one that came first is done."""

import pytest

from store import jobs, keys
from tests.integration.worker.farm import Farm


@pytest.mark.parametrize("same_key", [True, False], ids=["same key", "another key"])
def test_five_pictures_do_not_wait_for_five_thousand(farm: Farm, same_key: bool) -> None:
    large = farm.submit(["tile 1"] * 5_000, publish=False)
    farm.wait_for(large, lambda job: job.done >= 10)
    small_key = farm.key_id if same_key else _new_key(farm)
    before = farm.job(large).done
    small = farm.submit(["tile 2"] * 5, key_id=small_key)
    found = farm.wait(small)
    meanwhile = farm.job(large).done - before
    with farm.database.begin() as session:
        jobs.cancel(session, None, large)
    assert [result.tile for result in found] == [2] * 5
    # Two chunks of the small one, and what the workers had in hand or took in between.
    assert meanwhile < 200


def _new_key(farm: Farm) -> str:
    with farm.database.begin() as session:
        return keys.create(session, "another", ["submit"])[0].id
