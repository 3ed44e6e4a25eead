"""Runs a command in `/` with a listening socket, as systemd does: `activate.py FD COMMAND…`."""

import os
import sys

#: The first descriptor that is handed down.
FIRST = 3

if __name__ == "__main__":
    os.dup2(int(sys.argv[1]), FIRST)
    os.chdir("/")
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    os.execvp(sys.argv[2], sys.argv[2:])
