"""How one labelled puzzle went: all that a summary needs, as plain JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from solver.solution import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """One puzzle after its label has been held against what the solver said.

    From the label: `answer` is the labelled tile, `derived` when it follows from the fitted
    orbits instead of being named; `scored` puzzles count in the accuracy, `ambiguous` ones do
    not; `box` (x, y, width, height) is the answer's `+`; `targets` counts the tiles with a `+`.

    From the solver: `correct`, `digit_correct` and `tile_correct` are None where the label does
    not tell. `found` counts the labelled `+` with a planet inside, `top` those of them where the
    most similar planet of the tile is inside. `positives` and `negatives` are the similarities
    of planets inside and outside the `+`. `orbit_read` is the orbit of the most similar planet in
    the named answer's `+`. `point` (x, y), `box` and `size` (width, height) are in pixels of the
    picture.

    `lost_to` is the stage that a wrong answer is charged to; `regained` are all stages whose truth
    alone would have made it right, in their order.
    """

    task: str
    image: str
    split: str
    groups: tuple[tuple[str, str], ...]
    answer: int | None
    derived: bool
    scored: bool
    ambiguous: bool
    digit: int | None
    targets: int
    box: tuple[float, float, float, float] | None = None
    failed: bool = False
    error: str | None = None
    correct: bool | None = None
    tile: int | None = None
    tile_correct: bool | None = None
    digit_read: int | None = None
    digit_correct: bool | None = None
    orbit_read: int | None = None
    confidence: float | None = None
    lost_to: str | None = None
    regained: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    size: tuple[int, int] | None = None
    planets: int | None = None
    found: int = 0
    top: int = 0
    positives: tuple[float, ...] = ()
    negatives: tuple[float, ...] = ()


#: Fields that JSON turns into lists.
TUPLES = ("positives", "negatives", "point", "box", "size", "regained")


def outcome_to_json(outcome: Outcome) -> Json:
    """An outcome as plain JSON."""
    value = asdict(outcome)
    value["groups"] = [list(group) for group in outcome.groups]
    for name in TUPLES:
        value[name] = None if value[name] is None else list(value[name])
    return value


def outcome_from_json(value: Json) -> Outcome:
    """An outcome from what `outcome_to_json` made, an earlier version's too."""
    fields: dict[str, Any] = dict(value)
    fields["groups"] = tuple((name, word) for name, word in value["groups"])
    for name in TUPLES:
        if fields.get(name) is not None:
            fields[name] = tuple(fields[name])
    return Outcome(**fields)
