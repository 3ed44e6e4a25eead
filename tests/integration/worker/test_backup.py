"""A backup taken while workers are at it, restored elsewhere: nothing that was accepted is lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from store import backups, dispatch, dumps, jobs, keys, leases, results
from store.blobs import Blobs
from store.errors import BackupBroken, InvalidState
from store.jobs import NewItem
from store.session import Database, open_database
from tests.integration.worker.farm import Farm
from tests.servers import Postgres

PICTURES = 12


@pytest.fixture
def elsewhere(
    farm: Farm, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[str, Blobs]]:
    """An empty database of the farm's kind, and an empty picture store."""
    blobs = Blobs(str(tmp_path / "elsewhere" / "blobs"))
    if farm.settings.database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/elsewhere/orrery.db", blobs
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.copy("template1")
    yield postgres.url(name), blobs
    postgres.drop(name)


def work_off(database: Database, blobs: Blobs) -> None:
    """End all jobs as a worker would, at once: no lease of a worker that is no more is left."""
    with database.begin() as session:
        waiting = dispatch.dispatchable(session, 1000, republish_after=-1)
    for chunk_id, _ in waiting:
        with database.begin() as session:
            lease = leases.claim(session, chunk_id, "test", 60)
            assert lease is not None
            leases.begin(session, lease, [item.id for item in lease.items])
            # Each picture must be there to be read.
            done = [leases.NewResult(it.id, tile=len(blobs.get(it.blob)) % 5) for it in lease.items]
            leases.record(session, lease, done)
            leases.release(session, lease)
            jobs.finish_ready(session)


def test_a_backup_of_a_running_job_restored_elsewhere_ends_with_every_result(
    farm: Farm, elsewhere: tuple[str, Blobs], tmp_path: Path
) -> None:
    gate, folder = tmp_path / "gate", tmp_path / "backup"
    job_id = farm.submit([*["tile 3"] * 5, f"wait {gate}", *["tile 4"] * (PICTURES - 6)])
    farm.wait_for(job_id, lambda job: job.done >= 4)
    made = backups.back_up(farm.settings.database_url, farm.blobs, folder)
    gate.touch()
    farm.wait(job_id)
    assert made.missing == ()
    assert made.jobs >= 1

    url, blobs = elsewhere
    backups.restore(folder, url, blobs)
    database = open_database(url)
    try:
        with database.read() as session:
            before = jobs.get(session, None, job_id)
        assert (before.status, before.total) == ("running", PICTURES)
        assert 0 < before.done < PICTURES
        work_off(database, blobs)
        with database.read() as session:
            after = jobs.get(session, None, job_id)
            found = list(results.stream(session, job_id))
        assert after.status == "succeeded"
        assert [it.position for it in found] == list(range(PICTURES))
        with database.begin() as session:
            # Numbers go on where they were: new rows clash with none.
            item = NewItem("new.png", blobs.put(b"tile 1 #new"))
            jobs.accept(session, after.key_id, "solve", [item], chunk_size=1)
    finally:
        database.dispose()


@pytest.fixture
def made(database_url: str, blobs: Blobs, tmp_path: Path) -> Path:
    """The backup of a small service with one job of three pictures."""
    database = open_database(database_url)
    with database.begin() as session:
        key, _ = keys.create(session, "tests", ["admin"])
        items = [NewItem(f"{n}.png", blobs.put(b"picture %d" % n)) for n in range(3)]
        jobs.accept(session, key.id, "solve", items, chunk_size=2)
    database.dispose()
    folder = tmp_path / "backup"
    backups.back_up(database_url, blobs, folder)
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_second_backup_copies_what_is_new_and_keeps_nothing_old(
    made: Path, database_url: str, blobs: Blobs
) -> None:
    first = {path: path.stat().st_ino for path in _files(made / "blobs")}
    database = open_database(database_url)
    with database.begin() as session:
        [job] = jobs.page(session, None, 5).items
        jobs.delete(session, None, job.id)
        item = NewItem("new.png", blobs.put(b"new"))
        keep = NewItem("0.png", blobs.put(b"picture 0"))
        jobs.accept(session, job.key_id, "solve", [item, keep], chunk_size=2)
    database.dispose()
    again = backups.back_up(database_url, blobs, made)
    assert (again.jobs, again.blobs) == (1, 2)
    left = {path: path.stat().st_ino for path in _files(made / "blobs")}
    assert len(left) == 2
    assert len(left.items() & first.items()) == 1
    assert len(list(made.glob("database-*"))) == 1


def test_nothing_that_is_there_is_ever_overwritten(
    made: Path, database_url: str, blobs: Blobs
) -> None:
    with pytest.raises(InvalidState, match="not empty"):
        backups.restore(made, database_url, blobs)


@pytest.mark.parametrize(("field", "value"), [("schema", "9999"), ("format", 99)])
def test_a_backup_of_a_newer_version_is_refused_clearly(
    made: Path, blobs: Blobs, tmp_path: Path, field: str, value: object
) -> None:
    told = json.loads((made / "manifest.json").read_text()) | {field: value, "version": "9.1"}
    (made / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(BackupBroken, match=r"newer version, 9\.1 .* install the newer"):
        backups.restore(made, f"sqlite:///{tmp_path}/new.db", blobs)
    assert not (tmp_path / "new.db").exists()


def test_a_damaged_or_foreign_backup_is_refused_before_anything_is_written(
    made: Path, blobs: Blobs, tmp_path: Path, database_url: str
) -> None:
    other = "postgresql://x@/y" if database_url.startswith("sqlite") else f"sqlite:///{tmp_path}/n"
    with pytest.raises(BackupBroken, match="ORRERY_DATABASE_URL"):
        backups.restore(made, other, blobs)
    [file] = made.glob("database-*")
    with file.open("ab") as opened:
        opened.write(b"x")
    with pytest.raises(BackupBroken, match="damaged"):
        backups.restore(made, database_url, blobs)
    with pytest.raises(BackupBroken, match="no backup"):
        backups.read(tmp_path)


def test_a_blob_that_is_lost_or_damaged_is_told(
    made: Path, database_url: str, blobs: Blobs, tmp_path: Path
) -> None:
    victim, other, _ = _files(tmp_path / "blobs")
    victim.unlink()
    fresh = tmp_path / "fresh"
    assert backups.back_up(database_url, blobs, fresh).missing == (victim.name,)
    other.write_bytes(b"other bytes")
    with pytest.raises(BackupBroken, match=other.name):
        backups.back_up(database_url, blobs, tmp_path / "third")


def test_the_commands_carry_a_folder_over(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = Path(sqlite_url.removeprefix("sqlite:///")).parent, tmp_path / "new"
    assert main(["backup", str(tmp_path / "b"), "--data", str(old)]) == 0
    assert main(["restore", str(tmp_path / "b"), "--data", str(new)]) == 0
    assert "restored 0 jobs" in capsys.readouterr().err
    assert dumps.is_empty(f"sqlite:///{new}/orrery.db")
    assert (new / "orrery.db").exists()
    assert main(["backup", str(tmp_path / "b"), "--data", str(tmp_path / "none")]) == 1
    assert not (tmp_path / "none").exists()
