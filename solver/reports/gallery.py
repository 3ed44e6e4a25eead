"""Wrong and unsure answers, each with its picture made small."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from solver.dataset import Dataset
from solver.errors import PictureError
from solver.evaluation import Outcome
from solver.picture import decode, read
from solver.reports.drawing import drawn
from solver.reports.figures import UNKNOWN
from solver.reports.notes import Notes
from solver.solution import Json

#: What all pictures of a report may take together, in letters of the page.
ROOM = 7_500_000
#: Width of an embedded picture, in pixels, and its WebP quality.
WIDTH, QUALITY = 640, 62
#: Rows of answers without a picture, at most.
ROWS = 1000
#: Below this confidence an answer is unsure where no threshold was asked for.
UNSURE = 0.5


@dataclass(slots=True)
class Shelf:
    """A group of answers that a report shows: those with a picture, those without, the others."""

    name: str
    about: str
    total: int
    pictures: list[Json] = field(default_factory=list)
    rows: list[Json] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many are not even named."""
        return self.total - len(self.pictures) - len(self.rows)


class Gallery:
    """Fills shelves with pictures until the room for them is used up."""

    def __init__(self, dataset: Dataset, notes: Sequence[Notes]) -> None:
        self._dataset = dataset
        self._notes = notes
        self._room = ROOM

    def shelf(self, name: str, about: str, puzzles: Sequence[Sequence[Outcome]]) -> Shelf:
        """A shelf of puzzles, each with the outcome of every model; the first get a picture."""
        shelf = Shelf(name, about, len(puzzles))
        for outcomes in puzzles:
            entry = _entry(outcomes)
            picture = self._picture(outcomes)
            if picture is not None:
                shelf.pictures.append(entry | {"drawing": picture})
            elif len(shelf.rows) < ROWS:
                shelf.rows.append(entry)
        return shelf

    def _picture(self, outcomes: Sequence[Outcome]) -> str | None:
        if self._room <= 0 or not any(outcome.size for outcome in outcomes):
            return None
        address = _embedded(self._dataset, outcomes[0])
        if address is None:
            return None
        self._room -= len(address)
        sketches = [note.sketches.get(outcomes[0].task) for note in self._notes]
        return drawn(address, outcomes, sketches)


def _entry(outcomes: Sequence[Outcome]) -> Json:
    label = outcomes[0]
    return {
        "image": label.image,
        "truth": {"tile": _known(_answer(outcomes)), "digit": _known(label.digit)},
        "said": [_said(outcome) for outcome in outcomes],
    }


def _answer(outcomes: Sequence[Outcome]) -> int | None:
    return next((outcome.answer for outcome in outcomes if outcome.answer), None)


def _said(outcome: Outcome) -> Json:
    sure = outcome.confidence
    return {
        "tile": _known(outcome.tile),
        "digit": _known(outcome.digit_read),
        "confidence": UNKNOWN if sure is None else f"{sure:.3f}",
        "correct": outcome.correct is True,
        "fate": _fate(outcome),
    }


def _fate(outcome: Outcome) -> str:
    if outcome.failed:
        return f"not solved: {outcome.error}"
    return "right" if outcome.correct else f"lost to {outcome.lost_to}"


def _known(value: int | None) -> str:
    return "?" if value is None else str(value)


def _embedded(dataset: Dataset, outcome: Outcome) -> str | None:
    if dataset.root is None:
        return None
    try:
        picture = Image.fromarray(decode(read(dataset.root / outcome.image)))
    except (OSError, PictureError):
        return None
    picture.thumbnail((WIDTH, WIDTH))
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=QUALITY, method=2)
    return "data:image/webp;base64," + base64.b64encode(data.getvalue()).decode()


def shelves(gallery: Gallery, runs: Sequence[Sequence[Outcome]], unsure: float) -> list[Shelf]:
    """The shelves of one model, or of two side by side.

    `unsure`: the confidence below which a right answer is shown, too, of the last model.
    """
    puzzles = [outcomes for outcomes in zip(*runs, strict=True) if any(o.scored for o in outcomes)]
    right = [tuple(outcome.correct is True for outcome in outcomes) for outcomes in puzzles]
    groups = _PAIRED if len(runs) == 2 else _ALONE
    shown = [
        gallery.shelf(
            name, about, _surest([p for p, r in zip(puzzles, right, strict=True) if r == of])
        )
        for name, about, of in groups
    ]
    doubted = [p for p, r in zip(puzzles, right, strict=True) if all(r) and _sure(p) < unsure]
    about = f"Right, but with a confidence below {unsure:.3g}; the least sure first."
    return [*shown, gallery.shelf("Unsure", about, sorted(doubted, key=_sure))]


#: Groups of puzzles: what they are called, what is said of them, which model is right.
_ALONE = [("Wrong", "The surest first.", (False,))]
_PAIRED = [
    ("Broken", "B is wrong where A is right.", (True, False)),
    ("Fixed", "B is right where A is wrong.", (False, True)),
    ("Both wrong", "The surest first.", (False, False)),
]


def _surest(puzzles: Sequence[Sequence[Outcome]]) -> list[Sequence[Outcome]]:
    return sorted(puzzles, key=_sure, reverse=True)


def _sure(outcomes: Sequence[Outcome]) -> float:
    return outcomes[-1].confidence or 0.0
