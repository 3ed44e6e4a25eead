"""Backups of a service whose pictures are in a bucket, and back into one."""

from pathlib import Path

import pytest

from cli.main import main
from store import backups, jobs, retention
from store.blobs import Blobs
from store.jobs import NewItem
from store.session import Database, open_database

Pictures = dict[str, bytes]


@pytest.fixture
def pictures(database: Database, bucket: Blobs, key_id: str) -> Pictures:
    """The pictures of a job that waits, by the names of their blobs."""
    return accepted(database, bucket, key_id, [b"picture %d" % number for number in range(5)])


def accepted(database: Database, bucket: Blobs, key_id: str, contents: list[bytes]) -> Pictures:
    stored = {bucket.put(content): content for content in contents}
    items = [NewItem(f"{number}.png", sha) for number, sha in enumerate(stored)]
    with database.begin() as session:
        jobs.accept(session, key_id, "solve", items, chunk_size=2)
    return stored


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/elsewhere.db"
    postgres = request.getfixturevalue("postgres")
    return str(postgres.url(postgres.copy("template1")))


def run(monkeypatch: pytest.MonkeyPatch, database: str, blobs: str, *arguments: object) -> int:
    """Run a command of `orrery` for a service with this database and these pictures."""
    monkeypatch.setenv("ORRERY_DATABASE_URL", database)
    monkeypatch.setenv("ORRERY_BLOB_URL", blobs)
    return main([str(argument) for argument in arguments])


def test_a_service_is_restored_into_another_bucket(
    pictures: Pictures,
    database_url: str,
    empty_url: str,
    bucket_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORRERY_DATA_DIR", str(tmp_path / "data"))
    folder, elsewhere = tmp_path / "backup", f"{bucket_url}/elsewhere"

    assert run(monkeypatch, database_url, bucket_url, "backup", folder) == 0
    assert run(monkeypatch, empty_url, elsewhere, "restore", folder) == 0

    restored = open_database(empty_url)
    with restored.read() as session:
        needed = set(retention.referenced(session))
    restored.dispose()
    assert needed == pictures.keys()
    assert {sha: Blobs(elsewhere).get(sha) for sha in needed} == pictures


def test_another_backup_copies_what_is_new_alone(
    pictures: Pictures,
    database: Database,
    database_url: str,
    bucket: Blobs,
    key_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backups.back_up(database_url, bucket, tmp_path)
    new = accepted(database, bucket, key_id, [b"new"])
    read: list[str] = []
    monkeypatch.setattr(bucket, "get", lambda sha: read.append(sha) or new[sha])

    made = backups.back_up(database_url, bucket, tmp_path)

    assert (read, made.blobs) == (list(new), len(pictures) + 1)


def test_a_picture_that_the_bucket_lost_is_told_and_the_rest_is_kept(
    pictures: Pictures, database_url: str, bucket: Blobs, tmp_path: Path
) -> None:
    lost, *others = pictures
    bucket.delete(lost)

    made = backups.back_up(database_url, bucket, tmp_path)

    assert made.missing == (lost,)
    kept = Blobs(str(tmp_path / backups.BLOBS))
    assert {sha: kept.get(sha) for sha in others} == {sha: pictures[sha] for sha in others}
