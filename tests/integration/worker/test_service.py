"""Real workers, a real broker and a dispatcher: nothing is lost, whatever dies."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import jobs, models
from store.queues import QUEUES
from tests.integration.worker.farm import CHUNK, PATIENCE, Farm, process_at
from tests.servers import Postgres, wait_until

#: These take long, and the database's part in them is tested on both elsewhere.
on_one_database = pytest.mark.parametrize("farm", ["postgresql"], indirect=True, scope="session")
#: Seconds that a micro-batch has where a test waits for their end.
HASTE = 1.5


@pytest.fixture(scope="module")
def hasty(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm whose pictures have little time."""
    made = Farm(
        postgres.url(postgres.copy("migrated")),
        tmp_path_factory.mktemp("hasty"),
        batch_seconds=HASTE,
    )
    try:
        made.start_all()
        yield made
    finally:
        made.close()


def test_a_job_starts_at_once_and_every_picture_gets_its_result(farm: Farm) -> None:
    # By its own message: nobody else could send one.
    with farm.without_scheduler():
        job_id = farm.submit(["tile 1", "bad", "tile 5"] + ["tile 2"] * 8)
        found = farm.wait(job_id)
    assert [result.tile for result in found] == [1, None, 5] + [2] * 8
    assert found[1].error_code == "not_a_picture"
    assert {result.model for result in found} == {"fake@0123456789ab"}
    job = farm.job(job_id)
    assert (job.status, job.done, job.failed, job.model) == (
        "succeeded",
        11,
        1,
        "fake@0123456789ab",
    )


def test_a_message_that_the_broker_lost_is_sent_again(farm: Farm) -> None:
    job_id = farm.submit(["tile 3"] * 5, publish=False)
    assert [result.tile for result in farm.wait(job_id)] == [3] * 5


@on_one_database
def test_a_broker_that_forgets_everything_loses_nothing(farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job_id = farm.submit([f"wait {gate}"] + ["tile 4"] * 30)
    farm.wait_for(job_id, lambda job: job.status == "running")
    farm.valkey.flush()
    gate.touch()
    assert len(farm.wait(job_id)) == 31


@on_one_database
def test_a_broker_that_dies_and_returns_loses_nothing(farm: Farm) -> None:
    farm.valkey.kill()
    job_id = farm.submit(["tile 4"] * 9, publish=False)
    farm.valkey.start()
    assert [result.tile for result in farm.wait(job_id)] == [4] * 9


def test_a_killed_process_of_the_pool_costs_its_pictures_nothing(
    farm: Farm, tmp_path: Path
) -> None:
    gate, other = tmp_path / "gate", tmp_path / "other"
    job_id = farm.submit(["tile 1", f"wait {gate}", "tile 5", f"wait {other}", "tile 4"])
    # Two micro-batches are at work in one process.
    process_at(gate)
    os.kill(process_at(other), signal.SIGKILL)
    gate.touch()
    other.touch()
    found = farm.wait(job_id)
    assert [result.tile for result in found] == [1, 1, 5, 1, 4]
    assert farm.job(job_id).failed == 0


def test_pictures_that_kill_or_hang_their_process_are_set_aside_and_the_rest_is_solved(
    hasty: Farm,
) -> None:
    pictures = ["tile 2"] * 3 + ["crash"] + ["tile 3"] * 3 + ["hang"] + ["tile 4"] * 3
    job_id = hasty.submit(pictures)
    found = hasty.wait(job_id, 4 * PATIENCE)
    assert len({result.item_id for result in found}) == len(pictures)
    wrong = {result.position: result.error_code for result in found if result.error_code}
    assert wrong == {3: "quarantined", 7: "quarantined"}
    assert hasty.job(job_id).status == "succeeded"


def test_a_cancelled_job_keeps_the_results_it_has_and_gets_no_more(
    farm: Farm, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    job_id = farm.submit(["tile 1", "tile 2", f"wait {gate}", "tile 3"] + ["tile 4"] * 40)
    process = process_at(gate)
    farm.wait_for(job_id, lambda job: job.done >= 2)
    with farm.database.begin() as session:
        jobs.cancel(session, None, job_id)
    before = len(farm.results(job_id))
    gate.touch()
    after = farm.wait(job_id)
    assert farm.job(job_id).status == "cancelled"
    assert len(after) == before
    assert process


@contextmanager
def full_hands(farm: Farm, folder: Path) -> Iterator[None]:
    """Have both processes of the farm's own worker stand at gates while the block runs."""
    gates = [folder / "first", folder / "second"]
    at_gates = [text for gate in gates for text in (f"wait {gate}", *["tile 1"] * (CHUNK - 1))]
    job_id = farm.submit(at_gates)
    for gate in gates:
        process_at(gate)
    try:
        yield
    finally:
        for gate in gates:
            gate.touch()
    farm.wait(job_id)


def test_a_worker_told_to_stop_finishes_what_it_holds_and_gives_the_rest_back(
    farm: Farm, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = farm.start_worker("--queues", "train,maintenance", "--name", "leaving")
    with full_hands(farm, tmp_path):
        job_id = farm.submit([f"wait {gate}"] + ["tile 3"] * (CHUNK - 1), publish=False)
        [chunk_id] = farm.chunk_ids(job_id)
        farm.publisher.publish([chunk_id], "train")
        holder = process_at(gate)
        worker.send_signal(signal.SIGTERM)
        gate.touch()
        assert worker.wait(PATIENCE) == 0
        assert not Path(f"/proc/{holder}").exists()
    assert [result.tile for result in farm.wait(job_id)] == [1] + [3] * (CHUNK - 1)
    assert all(item == 0 for item in farm.attempts(job_id))


def test_queues_are_empty_when_all_jobs_have_ended(farm: Farm) -> None:
    job_id = farm.submit(["tile 1"] * 20)
    farm.wait(job_id)
    wait_until(
        lambda: not any(farm.publisher.queue_length(queue) for queue in QUEUES), "empty queues"
    )


def test_a_model_that_loads_slowly_is_not_blamed_on_the_pictures(
    hasty: Farm, tmp_path: Path
) -> None:
    model = f"{tmp_path.name}@0123456789ab"
    with hasty.database.begin() as session:
        models.register(session, model, tmp_path.name, path=str(tmp_path))
    (tmp_path / "slow").touch()
    job_id = hasty.submit(["tile 2"] * 3, model=model)
    wait_until((tmp_path / "slow.pid").exists, "loading the model")
    end = time.monotonic() + 2 * HASTE
    wait_until(lambda: time.monotonic() > end, "more time than pictures have")
    (tmp_path / "slow").unlink()
    assert [result.tile for result in hasty.wait(job_id)] == [2] * 3
    assert hasty.attempts(job_id) == [0] * 3
