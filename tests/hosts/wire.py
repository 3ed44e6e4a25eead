"""Hosts with addresses of their own on one wire, which can be cut: network namespaces of Linux.

The wire lies in a namespace, too: nothing on it reaches a network outside, and all of it is gone
with the process that made it, however that ends.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

#: Of the range that RFC 2544 keeps for tests.
NETWORK = "198.18.0"
_BRIDGE = "wire"
#: From <sched.h>.
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Host:
    """A host on the wire. What only serves others (`loopback`) may speak with itself."""

    address: str
    port: str
    namespace: int

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be on this host while the block runs: this thread, and what it starts."""
        home = _namespace()
        try:
            _enter(self.namespace)
            yield
        finally:
            _enter(home)
            os.close(home)

    def command(self, command: Sequence[str]) -> list[str]:
        """The command line that runs another one on this host."""
        return ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.namespace}", "--", *command]

    def cut(self) -> None:
        """Pull its cable: nothing arrives, and nobody is told."""
        _ip("link", "set", self.port, "down")

    def join(self) -> None:
        """Put its cable back."""
        _ip("link", "set", self.port, "up")


@dataclass(slots=True)
class Wire:
    """What the hosts are on, and this process at `.1`."""

    held: ExitStack
    hosts: list[Host] = field(default_factory=list)

    def host(self, *, loopback: bool = False) -> Host:
        """Make one more host. Without a loopback it cannot but use the addresses of the others."""
        number = len(self.hosts) + 2
        namespace = _new_namespace()
        self.held.callback(os.close, namespace)
        made = Host(f"{NETWORK}.{number}", f"port{number}", namespace)
        inside = f"/proc/{os.getpid()}/fd/{namespace}"
        _ip("link", "add", made.port, "type", "veth", "peer", "name", "eth0", "netns", inside)
        _ip("link", "set", made.port, "master", _BRIDGE, "up")
        with made.entered():
            _ip("address", "add", f"{made.address}/24", "dev", "eth0")
            _ip("link", "set", "eth0", "up")
            if loopback:
                _ip("link", "set", "lo", "up")
        self.hosts.append(made)
        return made


@contextmanager
def wire() -> Iterator[Wire]:
    """A wire that this thread, and whatever it starts, is on while the block runs."""
    home, new = _namespace(), _new_namespace()
    with ExitStack() as held:
        held.callback(os.close, home)
        held.callback(os.close, new)
        held.callback(_enter, home)
        _enter(new)
        _ip("link", "add", _BRIDGE, "type", "bridge")
        _ip("address", "add", f"{NETWORK}.1/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        yield Wire(held)


def _namespace() -> int:
    """A descriptor of the network that this thread is in; as long as it is open, that stays."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _new_namespace() -> int:
    home = _namespace()
    try:
        _check(_LIBC.unshare(_CLONE_NEWNET))
        return _namespace()
    finally:
        _enter(home)
        os.close(home)


def _enter(namespace: int) -> None:
    _check(_LIBC.setns(namespace, _CLONE_NEWNET))


def _check(status: int) -> None:
    if status != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"no network namespace: {os.strerror(error)}; this needs root")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
