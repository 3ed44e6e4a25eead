"""Fuzzing guided by coverage (atheris), in a process of its own: it never returns."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "PIL",
        "api",
        "json",
        "solver.dataset",
        "solver.picture",
        "store",
        "werkzeug",
        "zipfile",
    ]
):
    from tests.fuzz.targets import TARGETS

#: Bytes of an input at most, seconds that one may take, and megabytes that the process may grow to.
LONGEST, SECONDS, MEGABYTES = 20_000, 20, 2_048


def main(name: str, corpus: Path, finds: Path, seconds: int, seed: int) -> None:
    """Fuzz one target until the time is over, or until there is a find."""
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST,
        "timeout": SECONDS,
        "rss_limit_mb": MEGABYTES,
        "seed": seed,
        "artifact_prefix": f"{finds}/",
        "print_final_stats": 1,
    }
    arguments = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    target, corpus, finds, seconds, seed = sys.argv[1:]
    main(target, Path(corpus), Path(finds), int(seconds), int(seed))
