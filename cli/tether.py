"""Runs a command that dies with its parent: `python tether.py PARENT-PID COMMAND…`.

The kernel kills the command when the process that started this one is gone, however it went
(prctl PR_SET_PDEATHSIG, which survives exec). Imports nothing outside the standard library, so
that `python -I -S` starts it in a hundredth of a second.
"""

import ctypes
import os
import signal
import sys

#: From <sys/prctl.h>.
PR_SET_PDEATHSIG = 1


def tether(parent: int) -> None:
    """Have the kernel kill this process when `parent` dies; leave at once if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    tether(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is wanted
