"""Blobs in a bucket, at a server that speaks S3."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from store.blobs import Blobs
from store.errors import BlobMissing, BlobStoreAway


def test_what_was_stored_is_read_again(bucket: Blobs) -> None:
    sha = bucket.put(b"picture")

    assert bucket.get(sha) == b"picture"
    assert bucket.size(sha) == 7
    assert bucket.put(io.BytesIO(b"picture")) == sha


def test_a_large_file_arrives_whole(bucket: Blobs) -> None:
    data = os.urandom(9 * 1024 * 1024)

    assert bucket.get(bucket.put(io.BytesIO(data))) == data


def test_what_is_not_there_is_missing(bucket: Blobs) -> None:
    assert not bucket.exists("0" * 64)
    with pytest.raises(BlobMissing):
        bucket.get("0" * 64)


def test_a_deleted_blob_is_gone(bucket: Blobs) -> None:
    sha = bucket.put(b"short-lived")

    bucket.delete(sha)
    bucket.delete(sha)

    assert not bucket.exists(sha)


def test_old_blobs_are_listed_and_removed_unless_stored_again(bucket: Blobs) -> None:
    names = {bucket.put(bytes([number])) for number in range(5)}
    soon = datetime.now(UTC) + timedelta(hours=1)
    earlier = datetime.now(UTC) - timedelta(hours=1)

    found = [name for portion in bucket.older_than(soon, batch=2) for name in portion]

    assert set(found) == names
    assert not [name for portion in bucket.older_than(earlier) for name in portion]
    assert not bucket.delete_stale(found[0], earlier)
    assert bucket.exists(found[0])


def test_a_stale_blob_is_read_for_another_grace_time_and_then_gone(bucket: Blobs) -> None:
    sha = bucket.put(b"stale")
    soon = datetime.now(UTC) + timedelta(hours=1)
    earlier = datetime.now(UTC) - timedelta(hours=1)

    assert not bucket.delete_stale(sha, soon)
    assert bucket.get(sha) == b"stale"
    assert bucket.size(sha) == 5
    assert [name for portion in bucket.older_than(soon) for name in portion] == [sha]
    assert not bucket.delete_stale(sha, earlier)
    assert bucket.delete_stale(sha, soon)
    assert not bucket.exists(sha)


def test_a_blob_stored_again_while_it_moves_aside_is_not_lost(bucket: Blobs) -> None:
    sha = bucket.put(b"wanted")
    soon = datetime.now(UTC) + timedelta(hours=1)

    bucket.delete_stale(sha, soon)
    bucket.put(b"wanted")

    assert not bucket.delete_stale(sha, datetime.now(UTC) - timedelta(hours=1))
    assert bucket.get(sha) == b"wanted"


def test_a_server_that_does_not_answer_is_told(
    bucket: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(BlobStoreAway, match="does not answer"):
        Blobs("s3://pictures/x").put(b"x")
