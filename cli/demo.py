"""`orrery demo`: the whole way of a batch, from made pictures to their accuracy."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli import tally
from cli.console import note, progress
from cli.embedded import running
from cli.errors import CliError

#: In the order in which they are shown.
LEVELS = ("easy", "medium", "hard")


@click.command(epilog="\b\nExample:\n  orrery demo --count 50 --difficulty hard")
@click.option(
    "--count", type=click.IntRange(1), default=200, show_default=True, help="Puzzles to make."
)
@click.option(
    "--difficulty",
    type=click.Choice([*LEVELS, "mix"]),
    default="mix",
    show_default=True,
    help="How hard the puzzles are; mix is a third of each.",
)
@click.option("--seed", default=1, show_default=True, help="Seed of the puzzles.")
@click.option("--workers", type=click.IntRange(1), help="Workers; default: one for each core.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for everything, kept afterwards; default: a new temporary one.",
)
def demo(count: int, difficulty: str, seed: int, workers: int | None, data: Path | None) -> None:
    """Start a service, send it a batch of made puzzles over HTTP, and show how it did.

    The icons and fonts are ones that the shipped model was never trained on. Everything that was
    started is stopped again; exit status 0 only when every picture has its result.
    """
    folder = data or Path(tempfile.mkdtemp(prefix="orrery-demo-"))
    truths = _make(folder / "puzzles", count, difficulty, seed)
    note("starting the service")
    with running(folder / "service", workers) as address:
        from cli.client import Client

        note(f"the service is up at {address.url}, its key is {address.api_key}")
        with Client(address.url, address.api_key) as client:
            begin = time.monotonic()
            job = client.submit([folder / "puzzles" / "images"])
            with progress("solving", job["total"]) as show:
                job = client.wait(job, lambda it: show(it["done"]))
            seconds = time.monotonic() - begin
            results = list(client.results(job["id"]))
    _write(folder / "results.jsonl", results)
    _check(job, results, truths)
    _report(truths, results, seconds)
    _where(folder, job)


def _make(folder: Path, count: int, difficulty: str, seed: int) -> dict[str, dict[str, Any]]:
    note(f"making {count} puzzles, difficulty {difficulty}, seed {seed}")
    command = [sys.executable, "-P", "-m", "cli", "generate", str(folder)]
    options = ["--count", str(count), "--difficulty", difficulty, "--seed", str(seed)]
    options += ["--assets", "held-out"]
    made = subprocess.run(  # noqa: S603 - our own command
        [*command, *options], stdout=subprocess.DEVNULL, check=False
    )
    if made.returncode != 0:
        raise CliError(f"the puzzles could not be made in {folder}; see above")
    return tally.read_truth(folder)


def _write(path: Path, results: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(result) + "\n" for result in results), "utf-8")


def _check(
    job: dict[str, Any], results: Sequence[dict[str, Any]], truths: dict[str, dict[str, Any]]
) -> None:
    if job["status"] != "succeeded":
        raise CliError(f"the job ended as {job['status']}: {job['error']}")
    missing = truths.keys() - {result["image"] for result in results}
    if missing or len(results) != len(truths):
        raise CliError(f"{len(missing)} of {len(truths)} pictures have no result")


def _report(
    truths: dict[str, dict[str, Any]], results: Sequence[dict[str, Any]], seconds: float
) -> None:
    scores = [tally.score(truths[result["image"]], result) for result in results]
    levels = tally.shares((s.difficulty, s) for s in scores)
    digits = tally.shares((str(s.digit), s) for s in scores)
    (whole,) = tally.shares(("all", s) for s in scores).values()
    click.echo("difficulty   puzzles   accuracy   digit read")
    for name in (level for level in LEVELS if level in levels):
        click.echo(_row(name, levels[name]))
    click.echo(_row("all", whole))
    click.echo("\ndigit        puzzles   accuracy   digit read")
    for name in sorted(digits):
        click.echo(_row(name, digits[name]))
    failed = sum(s.failed for s in scores)
    click.echo(f"\naccuracy   {whole.accuracy:.3f}  ({whole.correct} of {whole.puzzles} correct)")
    click.echo(f"errors     {failed} pictures could not be solved")
    click.echo(f"speed      {len(scores) / seconds:.1f} puzzles/s, {seconds:.1f} s over HTTP")


def _row(name: str, share: tally.Share) -> str:
    shown = f"{share.accuracy:>11.3f}{share.digit_accuracy:>13.3f}"
    return f"{name:<10}{share.puzzles:>10}{shown}"


def _where(folder: Path, job: dict[str, Any]) -> None:
    click.echo(f"pictures   {folder / 'puzzles'}")
    click.echo(f"results    {folder / 'results.jsonl'}")
    note("\nThe service is stopped. To look at the job in its page, start it again:")
    note(f"  orrery up --data {folder / 'service'}")
    note(f"and open /jobs/{job['id']} at the address that it prints.")
