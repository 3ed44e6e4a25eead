"""The fleet of tests/faults with every part on a host of its own, which shares nothing but a wire.

API, workers and scheduler have no loopback and a data folder each; database, broker and bucket are
reached at their addresses, with passwords.
"""

import secrets
import signal
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3

from tests.faults.fleet import Fleet
from tests.faults.processes import Part
from tests.faults.shape import Shape
from tests.hosts.wire import Host, Wire, wire
from tests.servers import Postgres, Server, Valkey, answers, wait_until

#: One process on each of two hosts.
PAIR = Shape(workers=2, children=1, schedulers=1)
BUCKET = "pictures"
_S3_PORT = 5000
#: What the parts, and we, say to the bucket.
_AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
}


class Spread(Fleet):
    """A fleet on many hosts."""

    def __init__(self, held: ExitStack, wire: Wire, shape: Shape = PAIR) -> None:
        self.wire = wire
        self._password = secrets.token_hex(16)
        self.hosts: dict[str, Host] = {"api": wire.host()}
        super().__init__(held, "postgresql", shape)
        self._s3 = self._bucket()

    def _api_host(self) -> str:
        return self.hosts["api"].address

    def _valkey(self) -> Valkey:
        host = self.wire.host(loopback=True)
        with host.entered():
            return Valkey(self._made("valkey"), host.address)

    def _postgres(self) -> Postgres:
        host = self.wire.host(loopback=True)
        with host.entered():
            server = Postgres(self._made("postgres"), address=host.address)
        self._held.callback(server.stop)
        server.execute("CREATE DATABASE orrery")
        server.execute(f"ALTER ROLE postgres PASSWORD '{self._password}'")
        self.database_url = f"postgresql://postgres:{self._password}@{host.address}/orrery"
        return server

    def _bucket(self) -> str:
        """Start the server of the bucket; its address."""
        host = self.wire.host(loopback=True)
        command = [str(Path(sysconfig.get_path("scripts")) / "moto_server")]
        command += ["--host", host.address, "--port", str(_S3_PORT)]
        server = Server(command, self.folder / "s3.log", signal.SIGKILL, None)
        self._held.callback(server.stop, signal.SIGKILL)
        with host.entered():
            server.start()
        address = f"http://{host.address}:{_S3_PORT}"
        wait_until(lambda: answers(f"{address}/moto-api/"), "the bucket's server", 120)
        _client(address).create_bucket(Bucket=BUCKET)
        return address

    def _add(self, role: str, name: str, command: list[str]) -> None:
        host = self.hosts.setdefault(name, self.wire.host()) if name != "api" else self.hosts[name]
        variables = self._environment(role) | {
            **_AWS,
            "AWS_ENDPOINT_URL": self._s3,
            "ORRERY_DATA_DIR": str(self._made(f"data-{name}")),
            "ORRERY_DATABASE_URL": self.database_url,
            "ORRERY_BLOB_URL": f"s3://{BUCKET}/orrery",
        }
        log = self.folder / f"{name}.log"
        self.keeper.parts.append(Part(name, host.command(command), variables, log))

    def stored(self) -> set[str]:
        """The names of the blobs in the bucket."""
        pages = _client(self._s3).get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {
            entry["Key"].rpartition("/")[2] for page in pages for entry in page.get("Contents", ())
        }


def _client(address: str) -> "boto3.client":
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name=_AWS["AWS_REGION"],
        aws_access_key_id=_AWS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_AWS["AWS_SECRET_ACCESS_KEY"],
    )


@contextmanager
def spread(shape: Shape = PAIR) -> Iterator[Spread]:
    """A fleet on many hosts that works while the block runs; then all of it is gone."""
    with ExitStack() as held:
        fleet = Spread(held, held.enter_context(wire()), shape)
        fleet.start()
        yield fleet
