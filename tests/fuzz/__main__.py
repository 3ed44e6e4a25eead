"""`python -m tests.fuzz TARGET --minutes N`: tries to break a reader, or the API, at length."""

import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import click

from tests.fuzz.targets import FINDS, TARGETS


@click.command()
@click.argument("target", type=click.Choice([*TARGETS, "api"]))
@click.option("--minutes", default=5.0, show_default=True, help="How long.")
@click.option("--seed", default=1, show_default=True, help="Where chance starts from.")
@click.option("--corpus", type=click.Path(path_type=Path), help="A folder to keep inputs in.")
def main(target: str, minutes: float, seed: int, corpus: Path | None) -> None:
    """Fuzz a reader by coverage (needs the extra `fuzz`), or the running API by its document."""
    seconds = round(60 * minutes)
    if target == "api":
        from tests.fuzz.service import fuzz

        sys.exit(fuzz("--max-time", str(seconds), "--seed", str(seed)))
    if find_spec("atheris") is None:
        raise click.ClickException("atheris is missing: .venv/bin/pip install -e '.[fuzz]'")
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(_fuzz(target, corpus or Path(scratch), seconds, seed))


def _fuzz(target: str, corpus: Path, seconds: int, seed: int) -> int:
    """Run the fuzzer from the known inputs; what it finds is kept, and tested for ever after."""
    corpus.mkdir(parents=True, exist_ok=True)
    for data in TARGETS[target].corpus(target):
        (corpus / sha256(data).hexdigest()[:16]).write_bytes(data)
    finds = FINDS / target
    finds.mkdir(parents=True, exist_ok=True)
    arguments = [target, str(corpus), str(finds), str(seconds), str(seed)]
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.coverage", *arguments], check=False
    ).returncode


if __name__ == "__main__":
    main()
