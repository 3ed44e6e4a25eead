"""Fixtures of the store's tests."""

import os
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from store.blobs import Blobs
from store.session import Database, open_database
from tests.integration.store.parts import new_key


@pytest.fixture
def key_id(database: Database) -> str:
    """The id of a key that may submit."""
    return new_key(database)


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """A PostgreSQL database, for what only several writers at once can show."""
    opened = open_database(postgresql_url)
    yield opened
    opened.dispose()


@pytest.fixture
def postgresql_key(postgresql_database: Database) -> str:
    """The id of a key there."""
    return new_key(postgresql_database)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3."""
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def bucket_url(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty prefix of a bucket."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1")
    client.create_bucket(Bucket="pictures")
    return f"s3://pictures/{os.urandom(4).hex()}"


@pytest.fixture
def bucket(bucket_url: str) -> Blobs:
    """An empty prefix of a bucket."""
    return Blobs(bucket_url)
