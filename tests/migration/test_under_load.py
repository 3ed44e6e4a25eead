"""An upgrade rolls through a service at work: no request is refused, and no picture lost."""

import random
import signal
from collections.abc import Iterator

import pytest

from store import migrate
from tests.faults import oracle
from tests.faults.processes import Part, kill
from tests.faults.traffic import sent
from tests.faults.vision import batch
from tests.migration.releases import NEXT, Releases, next_release, releases
from tests.servers import wait_until

#: Seconds until a part that was told to stop has started anew.
PATIENCE = 300.0

#: All parts start anew, one after the other.
pytestmark = pytest.mark.timeout(6 * PATIENCE)
#: What a part of each kind says in its log when it has started.
UP = {"api": "Booting worker", "worker": "ready", "scheduler": "beat: Starting"}


@pytest.fixture
def fleet() -> Iterator[Releases]:
    with releases() as running:
        yield running


def replace(fleet: Releases, part: Part) -> None:
    """Tell a part to stop; the keeper starts it anew, as the release that is current."""
    starts, said = part.starts, _said(fleet, part)
    kill(part.pid, signal.SIGTERM)
    wait_until(lambda: part.starts > starts and _said(fleet, part) > said, part.name, PATIENCE)


def _said(fleet: Releases, part: Part) -> int:
    return fleet.log(part.name).count(UP[part.name.partition("-")[0]])


def test_no_request_is_refused_while_schema_and_parts_are_replaced_under_load(
    fleet: Releases,
) -> None:
    rng = random.Random(5)
    next_release(fleet.folder / "new", migrate.head())
    fleet.submit(batch(rng, 400, 0.1))

    with sent(fleet, rng) as traffic:
        traffic.wait_for(5)
        fleet.choose("new")
        assert NEXT in fleet.orrery("db", "upgrade").stdout
        # The old release serves on the new schema, and says so.
        traffic.wait_for(10)
        ready = fleet.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert NEXT in ready.text
        for part in [*fleet.of("scheduler"), *fleet.of("worker"), *fleet.of("api")]:
            replace(fleet, part)
            traffic.wait_for(3)

    assert NEXT not in fleet.client.get("/readyz").text
    assert set(traffic.statuses) == {202}
    fleet.wait_all()
    verdict = oracle.judge(fleet.database, fleet.blobs, fleet.disk / "blobs", fleet.accepted)
    assert verdict.kept, verdict
