"""Makes the pictures that speed is measured on."""

import subprocess
import sys
from pathlib import Path


def make(folder: Path, count: int, seed: int) -> list[Path]:
    """A mixed batch of icons and fonts that no shipped model was trained on."""
    command = [sys.executable, "-P", "-m", "cli", "generate", str(folder)]
    options = ["--count", str(count), "--seed", str(seed), "--difficulty", "mix"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.rglob("images/*"))
