"""Results as a person looks at them: in words, and drawn over their pictures."""

from dataclasses import dataclass
from typing import Any

from api.drawing import Drawing, draw
from store.selection import UNSURE, Counts, Kind, Selection
from store.tables import Result

#: Results on a page of a gallery.
PAGE = 8

#: Errors of files that no browser shows as a picture either.
NO_PICTURE = frozenset(
    {"not_a_picture", "empty", "truncated", "missing", "unreadable", "unsupported_format"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A result on a page.

    `words`: what became of it, for those who do not see it. `correct`: by the label, None where
    there is none. `lost_to`: the stage that a wrong answer was lost to.
    """

    position: int
    image: str
    words: str
    tile: int | None
    digit: int | None
    confidence: float | None
    error: str | None
    drawing: Drawing | None
    has_picture: bool
    correct: bool | None
    lost_to: str | None

    @property
    def is_unsure(self) -> bool:
        """Whether the answer needs a second look."""
        return self.confidence is not None and self.confidence < UNSURE


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of results: its name, how many there are, and whether it is the one shown."""

    label: str
    kind: Kind
    digit: int | None
    count: int
    chosen: bool


def shown(row: Result, *, small: bool = False) -> Shown:
    """A result for a page; `small`: over the small copy of its picture, where there is one."""
    small = small and row.thumbnail is not None
    point = None if row.x is None or row.y is None else (row.x, row.y)
    outcome: dict[str, Any] = row.outcome or {}
    return Shown(
        position=row.position,
        image=row.image,
        words=f"{row.image}: {_words(row)}",
        tile=row.tile,
        digit=row.digit,
        confidence=row.confidence,
        error=row.error_message if row.error_code else None,
        drawing=draw(row.tile, point, row.digit, row.seen, row.outcome, small=small),
        has_picture=row.error_code not in NO_PICTURE,
        correct=row.correct,
        lost_to=outcome.get("lost_to") if row.correct is False else None,
    )


def _words(row: Result) -> str:
    if row.error_code:
        return row.error_message or row.error_code
    if row.tile is None:
        return "no answer"
    answer = f"the answer is tile {row.tile}, the digit {row.digit}"
    judged = {True: "; right", False: "; wrong", None: ""}[row.correct]
    return answer + judged


def query(selection: Selection) -> dict[str, Any]:
    """A selection as the query of an address; what it does not narrow is left out."""
    kind = None if selection.kind == "all" else selection.kind
    return {"show": kind, "digit": selection.digit}


def filters(selection: Selection, counts: Counts, done: int, *, judged: bool) -> list[Filter]:
    """The kinds of results to choose from; `judged`: whether labels tell which are wrong."""
    kinds: list[tuple[str, Kind, int]] = [
        ("All", "all", done),
        ("Wrong", "wrong", counts.wrong),
        ("Unsure", "unsure", counts.unsure),
        ("Failed", "failed", counts.failed),
    ]
    return [
        Filter(label, kind, selection.digit, count, selection.kind == kind)
        for label, kind, count in kinds
        if judged or kind != "wrong"
    ]


def digits(selection: Selection, counts: Counts) -> list[Filter]:
    """The digits to choose from, after "any"."""
    choices: list[int | None] = [None, 1, 2, 3, 4, 5]
    return [
        Filter(
            "Any" if digit is None else str(digit),
            selection.kind,
            digit,
            sum(counts.digits.values()) if digit is None else counts.digits.get(digit, 0),
            selection.digit == digit,
        )
        for digit in choices
    ]
