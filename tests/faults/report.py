"""The table of what the experiments found, as lines of JSON and as Markdown."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.faults.suite import Outcome

_HEAD = ("fault", "database", "seed", "lost", "doubled", "what was measured", "verdict")


def append(outcome: Outcome, place: Path) -> None:
    """Add an outcome to a file of lines of JSON."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def read(place: Path) -> list[Outcome]:
    """The outcomes in a file; of an experiment that was run again only the last one counts."""
    found = {}
    for line in place.read_text().splitlines():
        fields = json.loads(line)
        outcome = Outcome(**fields | {"broken": tuple(fields["broken"])})
        found[outcome.number, outcome.database, outcome.seed] = outcome
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1] != "sqlite", key))]


def markdown(outcomes: Iterable[Outcome]) -> str:
    """A table, one line an outcome."""
    return "\n".join(_lines(outcomes)) + "\n"


def _lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    yield _row(_HEAD)
    yield _row(["---"] * len(_HEAD))
    for it in outcomes:
        verdict = "kept" if it.passed else "; ".join(it.broken) or "broken"
        cells = (f"{it.number}. {it.title}", it.database, it.seed, it.lost, it.doubled)
        yield _row([*map(str, cells), it.figure, verdict])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
