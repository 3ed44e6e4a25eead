"""A small disk that can be filled: a tmpfs in a mount namespace of its own.

Its owner is a process that does nothing else; others reach it through /proc/PID/root. In a user
namespace no rights are needed, where the kernel lets users make one.
"""

import subprocess
from contextlib import ExitStack
from pathlib import Path

from tests.faults.errors import CannotRun

_MOUNT = 'mount -t tmpfs -o size="$1",mode=777 tmpfs /mnt && echo ready && exec sleep infinity'


def small(held: ExitStack, size: int) -> Path:
    """Make a disk of so many bytes, and give its folder; it goes when `held` is closed."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _MOUNT, "sh"]
    owner = subprocess.Popen([*command, str(size)], stdout=subprocess.PIPE)
    held.callback(owner.wait)
    held.callback(owner.kill)
    if owner.stdout is None or not owner.stdout.readline():
        raise CannotRun("no tmpfs can be mounted here; allow user namespaces, or run as root")
    return Path(f"/proc/{owner.pid}/root/mnt")
