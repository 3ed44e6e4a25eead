"""Parts on hosts of their own: one is cut off in the middle and comes back, or does not."""

import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlmodel import select

from store.session import Database
from store.states import JobStatus
from store.tables import Item
from tests.faults import oracle
from tests.faults.experiment import last
from tests.faults.fleet import CHUNK, PATIENCE
from tests.faults.gate import Gate
from tests.faults.processes import Part
from tests.faults.stale import REFUSED
from tests.faults.traffic import sent
from tests.faults.vision import batch
from tests.hosts.spread import Spread
from tests.servers import wait_until

pytestmark = pytest.mark.timeout(4 * PATIENCE)

#: Seconds that a cable is out where the time itself is what is tried.
OUTAGE = 3.0
#: Seconds that a job may take which needs no scheduler, until another one is tried.
QUICK = 20.0
#: Takes a row of a job and keeps it, as a process does whose host loses its power just then.
HOLD = """
import sys
from sqlalchemy import text
from store.session import open_database
with open_database(sys.argv[1]).begin() as session:
    session.execute(text("SELECT * FROM job WHERE id = :id FOR UPDATE"), {"id": sys.argv[2]})
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)


def check(fleet: Spread) -> None:
    """See that all work ends, that nothing is lost or doubled, and that every picture is there."""
    fleet.wait_all()
    verdict = oracle.judge(fleet.database, fleet.blobs, None, fleet.accepted)
    assert verdict.kept, verdict
    with fleet.database.read() as session:
        assert set(session.scalars(select(Item.blob))) <= fleet.stored()


def at(gate: Gate, fleet: Spread) -> Part:
    """The worker that waits at a gate."""
    pid = gate.pid()
    [found] = [part for part in fleet.of("worker") if pid in part.pids()]
    return found


def begun(fleet: Spread, name: str) -> int:
    """How many chunks a worker has begun."""
    return fleet.log(name).count("begins: pictures")


def test_a_batch_is_solved_by_hosts_that_share_nothing_but_a_wire(
    fleet: Spread, rng: random.Random, tmp_path: Path
) -> None:
    gates = [Gate(tmp_path), Gate(tmp_path)]
    # One in each of two chunks: a host that has the one leaves the other to its neighbour.
    texts = [text for gate in gates for text in (gate.text, *batch(rng, CHUNK - 1, 0.02))]
    job_id = fleet.submit([*texts, *batch(rng, 64, 0.02)])

    assert {at(gate, fleet).name for gate in gates} == {"worker-0", "worker-1"}
    for gate in gates:
        gate.open()

    assert fleet.wait(job_id).status == JobStatus.SUCCEEDED
    check(fleet)


def test_a_worker_that_was_cut_off_has_its_late_writes_refused_and_works_again(
    fleet: Spread, rng: random.Random, tmp_path: Path
) -> None:
    gate = Gate(tmp_path)
    job_id = fleet.submit([gate.text, *batch(rng, 40, 0.05)])
    worker = at(gate, fleet)
    host = fleet.hosts[worker.name]
    refused = fleet.log(worker.name).count(REFUSED)

    host.cut()
    gate.open()
    assert fleet.wait(job_id).status == JobStatus.SUCCEEDED
    host.join()
    wait_until(lambda: fleet.log(worker.name).count(REFUSED) > refused, "the refusal", PATIENCE)

    before = begun(fleet, worker.name)
    wait_until(lambda: _takes_part(fleet, rng, worker.name, before), "its next chunk", PATIENCE)
    check(fleet)


def _takes_part(fleet: Spread, rng: random.Random, name: str, before: int) -> bool:
    fleet.wait(fleet.submit(batch(rng, 32, 0.02)))
    return begun(fleet, name) > before


def test_jobs_go_on_without_the_api_and_clients_wait_until_it_is_back(
    fleet: Spread, rng: random.Random
) -> None:
    job_id = fleet.submit(batch(rng, 60, 0.05))
    host = fleet.hosts["api"]
    with sent(fleet, rng, clients=2) as traffic:
        traffic.wait_for(3)
        host.cut()
        assert fleet.wait(job_id).status == JobStatus.SUCCEEDED
        last(OUTAGE)
        host.join()
        traffic.wait_for(6)

    # What was cut in the middle may break, or be told that the database was away for long.
    assert {status for status in traffic.statuses if isinstance(status, int)} <= {202, 503}
    check(fleet)


def test_without_the_scheduler_new_jobs_are_solved_all_the_same(
    fleet: Spread, rng: random.Random
) -> None:
    fleet.hosts["scheduler-0"].cut()
    wait_until(lambda: _is_solved(fleet, fleet.submit(batch(rng, 30, 0.02))), "a job", PATIENCE)
    fleet.hosts["scheduler-0"].join()
    check(fleet)


def _is_solved(fleet: Spread, job_id: str) -> bool:
    """Whether a job ends soon; one whose message a busy broker did not take waits for long."""
    with suppress(AssertionError):
        fleet.wait(job_id, QUICK)
    return fleet.job(job_id).status == JobStatus.SUCCEEDED


def test_a_host_that_loses_its_power_in_a_transaction_holds_nobody_up_for_long(
    fleet: Spread, rng: random.Random, tmp_path: Path, database: Database
) -> None:
    gate = Gate(tmp_path)
    job_id = fleet.submit([gate.text, *batch(rng, 10)])
    gate.pid()
    host = fleet.wire.host()
    holding = [sys.executable, "-P", "-c", HOLD, fleet.database_url, job_id]
    with subprocess.Popen(
        host.command(holding), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        host.cut()
        gate.open()

        assert fleet.wait(job_id).status == JobStatus.SUCCEEDED
        holder.kill()
    check(fleet)
