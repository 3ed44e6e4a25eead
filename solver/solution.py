"""What solving one picture gives: a Solution or a Failure, and their JSON."""

from dataclasses import dataclass
from typing import Any, TypeAlias

#: Side of a tile on the normalised scale, in pixels.
TILE = 200
#: Tiles in a puzzle; they are numbered from 1.
TILES = 5
#: Orbits in a tile; they are numbered from 1, the innermost.
ORBITS = 5

Json: TypeAlias = dict[str, Any]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and its size, (x, y, width, height)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        """The middle of the box, (x, y)."""
        return self.x + self.width / 2, self.y + self.height / 2

    def scaled(self, by_x: float, by_y: float) -> "Box":
        """The same box with its x and width times `by_x`, its y and height times `by_y`."""
        return Box(self.x * by_x, self.y * by_y, self.width * by_x, self.height * by_y)

    def contains(self, x: float, y: float, slack: float = 0.0) -> bool:
        """Whether a point lies inside, edges included, `slack` farther out on every side."""
        across = self.x - slack <= x <= self.x + self.width + slack
        return across and self.y - slack <= y <= self.y + self.height + slack


@dataclass(frozen=True, slots=True)
class Planet:
    """One planet as every stage saw it; x, y and size in pixels of the input picture."""

    tile: int
    x: float
    y: float
    size: float
    score: float
    rank: int
    rank_probability: float
    similarity: float
    match_probability: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stages saw on the way to an answer.

    Everything is in pixels of the input picture (x, y), whose (width, height) is `size`; `centre`
    is within a tile. `ellipse` is the orbits' (axis ratio, angle in radians). Nothing here depends
    on the clock, so the same picture always gives the same `Seen`.
    """

    size: tuple[int, int]
    digit_probabilities: tuple[float, ...]
    digit_box: Box | None
    icon_box: Box | None
    centre: Point
    orbits: tuple[float, ...]
    ellipse: tuple[float, float]
    planets: tuple[Planet, ...]
    tile_probabilities: tuple[float, ...]
    runner_up: int


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer: a tile from 1, a point (x, y) in pixels of the input picture, a digit.

    `confidence` is the calibrated probability that the answer is correct; `thumbnail` a small copy
    of the picture as a file, where one was asked for.
    """

    tile: int
    point: Point
    digit: int
    confidence: float
    seen: Seen
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a picture has no answer."""

    code: str
    message: str


def record(image: str, outcome: Solution | Failure) -> Json:
    """One solved picture as JSON, the format of `dataset-format`, in a fixed order of fields."""
    if isinstance(outcome, Failure):
        error = {"code": outcome.code, "message": outcome.message}
        return _record(image, None, None, None, None, error)
    point = [round(float(value), 2) for value in outcome.point]
    confidence = round(float(outcome.confidence), 6)
    return _record(image, int(outcome.tile), point, int(outcome.digit), confidence, None)


def _record(
    image: str,
    tile: int | None,
    point: list[float] | None,
    digit: int | None,
    confidence: float | None,
    error: dict[str, str] | None,
) -> Json:
    return {
        "image": image,
        "tile": tile,
        "point": point,
        "digit": digit,
        "confidence": confidence,
        "error": error,
    }


def seen_to_json(seen: Seen) -> Json:
    """`Seen` as plain JSON, numbers rounded to six decimals."""
    return {
        "size": [int(side) for side in seen.size],
        "digit_probabilities": _rounded(seen.digit_probabilities),
        "digit_box": _box_to_json(seen.digit_box),
        "icon_box": _box_to_json(seen.icon_box),
        "centre": _rounded(seen.centre),
        "orbits": _rounded(seen.orbits),
        "ellipse": _rounded(seen.ellipse),
        "planets": [_planet_to_json(planet) for planet in seen.planets],
        "tile_probabilities": _rounded(seen.tile_probabilities),
        "runner_up": int(seen.runner_up),
    }


def seen_from_json(value: Json) -> Seen:
    """`Seen` from what `seen_to_json` made of it."""
    return Seen(
        size=_tuple(value["size"]),
        digit_probabilities=_tuple(value["digit_probabilities"]),
        digit_box=_box_from_json(value["digit_box"]),
        icon_box=_box_from_json(value["icon_box"]),
        centre=_tuple(value["centre"]),
        orbits=_tuple(value["orbits"]),
        ellipse=_tuple(value["ellipse"]),
        planets=tuple(Planet(**planet) for planet in value["planets"]),
        tile_probabilities=_tuple(value["tile_probabilities"]),
        runner_up=value["runner_up"],
    )


def _tuple(values: list[Any]) -> Any:
    return tuple(values)


def _box_from_json(values: list[float] | None) -> Box | None:
    return None if values is None else Box(*values)


def _planet_to_json(planet: Planet) -> Json:
    numbers = ("x", "y", "size", "score", "rank_probability", "similarity", "match_probability")
    values = {name: round(float(getattr(planet, name)), 6) for name in numbers}
    return {"tile": int(planet.tile), "rank": int(planet.rank), **values}


def _box_to_json(box: Box | None) -> list[float] | None:
    return None if box is None else _rounded((box.x, box.y, box.width, box.height))


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(float(value), 6) for value in values]
