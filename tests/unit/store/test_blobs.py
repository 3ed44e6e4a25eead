"""Blobs in a folder."""

import errno
import hashlib
import io
import os
import stat
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.blobs import PIECE, Blobs
from store.errors import BlobMissing, DiskFull, InvalidSetting
from store.folder import ABANDONED_SECONDS

NOBODY = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@given(data=st.binary(max_size=2000))
def test_what_was_stored_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    blobs = Blobs(str(tmp_path_factory.getbasetemp() / "shared"))

    sha = blobs.put(data)

    assert sha == hashlib.sha256(data).hexdigest()
    assert blobs.get(sha) == data
    assert blobs.size(sha) == len(data)


def test_a_file_is_stored_piece_by_piece(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "large"
    with source.open("wb") as file:
        for _ in range(16):
            file.write(os.urandom(PIECE))
    tracemalloc.start()

    with source.open("rb") as file:
        sha = blobs.put(file)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * PIECE
    assert blobs.size(sha) == 16 * PIECE


def test_the_same_content_is_kept_once(blobs: Blobs, folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(lambda _: blobs.put(b"same"), range(24)))

    assert len(names) == 1
    assert len(files(folder)) == 1


def test_a_blob_is_synced_before_it_gets_its_name(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def noted_fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    blobs.put(b"dear")

    assert steps == ["file", "rename", "folder", "folder"]


def test_many_blobs_are_stored_together(blobs: Blobs, folder: Path) -> None:
    with blobs.batch() as batch:
        names = [batch.put(bytes([number // 2])) for number in range(60)]
        assert not any(blobs.exists(name) for name in names)

    assert all(blobs.get(name) == bytes([number // 2]) for number, name in enumerate(names))
    assert len(files(folder)) == 30


def test_nothing_of_a_broken_batch_is_left(blobs: Blobs, folder: Path) -> None:
    def store_some() -> None:
        with blobs.batch() as batch:
            batch.put(b"first")
            batch.put(Broken(b"second"))

    with pytest.raises(DiskFull):
        store_some()

    assert files(folder) == []


def test_an_empty_batch_stores_nothing(blobs: Blobs, folder: Path) -> None:
    with blobs.batch():
        pass

    assert files(folder) == []


@pytest.mark.parametrize("name", [NOBODY, "../../etc/passwd", "", "ABC", NOBODY + "\n"])
def test_what_is_not_there_is_missing(blobs: Blobs, name: str) -> None:
    with pytest.raises(BlobMissing):
        blobs.get(name)
    with pytest.raises(BlobMissing):
        blobs.size(name)
    assert not blobs.exists(name)


def test_a_deleted_blob_is_gone(blobs: Blobs) -> None:
    sha = blobs.put(b"short-lived")

    blobs.delete(sha)
    blobs.delete(sha)

    assert not blobs.exists(sha)


class Broken(io.BytesIO):
    """A file that ends in an error."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().read(size)


def test_a_full_disk_is_told_and_leaves_nothing_behind(blobs: Blobs, folder: Path) -> None:
    with pytest.raises(DiskFull, match="free some room"):
        blobs.put(Broken(b"half"))

    assert files(folder) == []


def test_a_nearly_full_disk_takes_nothing_new(folder: Path) -> None:
    with pytest.raises(DiskFull, match="nearly full"):
        Blobs(str(folder), min_free_bytes=2**62).put(b"too much")


def test_old_blobs_are_listed_in_portions(blobs: Blobs, folder: Path) -> None:
    names = {blobs.put(bytes([number])) for number in range(5)}
    soon = datetime.now(UTC) + timedelta(minutes=1)

    portions = list(blobs.older_than(soon, batch=2))

    assert sorted(len(portion) for portion in portions) == [1, 2, 2]
    assert {name for portion in portions for name in portion} == names
    assert list(blobs.older_than(datetime.now(UTC) - timedelta(hours=1))) == []
    assert len(files(folder)) == 5


def test_what_a_killed_upload_left_is_tidied_and_a_slow_one_is_not(
    blobs: Blobs, folder: Path
) -> None:
    blobs.put(b"good")
    left, coming = folder / "incoming" / "tmp1234", folder / "incoming" / "tmp5678"
    for path, age in ((left, ABANDONED_SECONDS), (coming, ABANDONED_SECONDS / 2)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))

    list(blobs.older_than(datetime.now(UTC) - timedelta(minutes=30)))

    assert not left.exists()
    assert coming.exists()


def test_a_blob_is_young_however_long_the_rest_of_its_upload_took(
    blobs: Blobs, folder: Path
) -> None:
    with blobs.batch() as batch:
        batch.put(b"the first of many")
        long_ago = time.time() - ABANDONED_SECONDS / 2
        for path in (folder / "incoming").iterdir():
            os.utime(path, (long_ago, long_ago))

    assert list(blobs.older_than(datetime.now(UTC) - timedelta(hours=1))) == []


def test_a_blob_that_became_young_survives_its_removal(blobs: Blobs) -> None:
    sha = blobs.put(b"needed again")

    assert not blobs.delete_stale(sha, datetime.now(UTC) - timedelta(hours=1))
    assert blobs.get(sha) == b"needed again"
    assert blobs.delete_stale(sha, datetime.now(UTC) + timedelta(hours=1))
    assert not blobs.delete_stale(sha, datetime.now(UTC) + timedelta(hours=1))
    assert not blobs.exists(sha)


def test_a_folder_may_be_given_as_a_file_url(tmp_path: Path) -> None:
    sha = Blobs(f"file://{tmp_path}/a%20b").put(b"x")

    assert Blobs(str(tmp_path / "a b")).get(sha) == b"x"


@pytest.mark.parametrize("url", ["", "gs://bucket", "http://host/x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidSetting, match="ORRERY_BLOB_URL"):
        Blobs(url)
