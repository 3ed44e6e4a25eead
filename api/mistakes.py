"""The puzzles of an evaluation as a person looks through them: which, in words, and drawn."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.drawing import Drawing, draw
from store import paging
from store.paging import Page
from store.tables import Result

Json = dict[str, Any]

#: Puzzles on a page.
PAGE = 8
#: What stands for a digit or an orbit that was not read.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which puzzles: the wrong ones, or all; of a stage, a digit, and what was read for it."""

    every: bool = False
    lost_to: str | None = None
    digit: str | None = None
    read: str | None = None
    orbit: str | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Choice":
        """What the query of an address asks for."""
        return cls(
            arguments.get("show") == "all",
            arguments.get("lost_to") or None,
            arguments.get("digit") or None,
            arguments.get("read") or None,
            arguments.get("orbit") or None,
        )

    def query(self, **changed: Any) -> dict[str, Any]:
        """The query of the same choice with some things changed."""
        now = {
            "show": "all" if self.every else None,
            "lost_to": self.lost_to,
            "digit": self.digit,
            "read": self.read,
            "orbit": self.orbit,
        }
        return now | changed

    def missed(self, outcome: Json) -> set[str]:
        """The conditions that a puzzle does not meet; none where it is chosen."""
        conditions = {
            "every": self.every or outcome["correct"] is False,
            "lost_to": self.lost_to in (None, outcome["lost_to"]),
            "digit": self.digit in (None, str(outcome["digit"])),
            "read": self.read in (None, str(outcome["digit_read"] or NONE)),
            "orbit": self.orbit in (None, str(outcome.get("orbit_read") or NONE)),
        }
        return {name for name, holds in conditions.items() if not holds}


@dataclass(slots=True)
class Found:
    """The chosen puzzles: a page of them, how many in all, and how many each filter would leave."""

    page: Page[Json]
    total: int
    stages: Counter[str] = field(default_factory=Counter)
    digits: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Shown:
    """A puzzle on the page; `position`: its place in the job, while that is kept."""

    outcome: Json
    words: str
    drawing: Drawing | None
    position: int | None


def find(outcomes: Iterable[Json], choice: Choice, cursor: str | None) -> Found:
    """Choose from all outcomes, in the order of the pictures; raises `InvalidCursor`."""
    after = paging.decode(cursor, int) if cursor is not None else -1
    found = Found(Page([], None), 0)
    rows: list[tuple[int, Json]] = []
    for number, outcome in enumerate(outcomes):
        missed = choice.missed(outcome)
        if missed <= {"lost_to"} and outcome["lost_to"]:
            found.stages[outcome["lost_to"]] += 1
        if missed <= {"digit"}:
            found.digits[str(outcome["digit"])] += 1
        if missed:
            continue
        found.total += 1
        if number > after and len(rows) <= PAGE:
            rows.append((number, outcome))
    cut = paging.cut(rows, PAGE, lambda row: row[0])
    found.page = Page([outcome for _, outcome in cut.items], cut.next)
    return found


def show(outcome: Json, result: Result | None) -> Shown:
    """A puzzle for the page; with its result all that the stages saw is drawn, else the answer."""
    point = None if outcome["point"] is None else (outcome["point"][0], outcome["point"][1])
    seen = result.seen if result is not None else None
    if seen is None and outcome.get("size"):
        seen = {"size": outcome["size"]}
    small = result is not None and result.thumbnail is not None
    drawing = draw(outcome["tile"], point, outcome["digit_read"], seen, outcome, small=small)
    position = result.position if result is not None else None
    return Shown(outcome, f"{outcome['image']}: {_words(outcome)}", drawing, position)


def _words(outcome: Json) -> str:
    truth = f"the label says tile {outcome['answer'] or '?'}, digit {outcome['digit'] or '?'}"
    if outcome["failed"]:
        return f"no answer; {truth}"
    return f"answered tile {outcome['tile']}, digit {outcome['digit_read']}; {truth}"
