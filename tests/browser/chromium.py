"""Finds a Chromium for the tests, or gets one; it never lets a test pass without."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: No request may leave this machine; as root Chromium has no sandbox.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

HOW = (
    "The browser tests need Chromium, and it could not be installed here. Do one of these:\n"
    "  apt-get install -y chromium\n"
    "  .venv/bin/playwright install --with-deps chromium"
)


def executable() -> str | None:
    """The path of a Chromium, or None for Playwright's own; raises RuntimeError without any."""
    with (Path(tempfile.gettempdir()) / "orrery-test-chromium.lock").open("w") as lock:
        # Tests run in several processes: one of them installs it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _found() or _installed()


def _found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _installed() -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], env=quiet, timeout=240, check=False)
        if found := _found():
            return found
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(install, timeout=240, check=False).returncode:
        raise RuntimeError(HOW)
    return None
