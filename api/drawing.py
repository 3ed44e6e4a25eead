"""What was found in a puzzle, as numbers to draw: all in a picture scaled to 1000 units across."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: Units across a drawing, tiles side by side in it, and units across a tile.
WIDTH, TILES, SIDE = 1000.0, 5, 200.0

#: How large a planet is drawn, and cut out, in its own sizes; the same of the icon and its box.
REACH, MARGIN, ROOM = 0.62, 1.7, 1.25

#: Units across each of the crops that a small copy has below the picture.
CROP = 128.0

Json = Mapping[str, Any]
#: What an element has to do with the answer; it is a class of the style sheet.
Role = Literal["", "named", "chosen", "second"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view(self) -> str:
        """The same as an SVG's viewBox."""
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"

    def square(self, factor: float) -> "Box":
        """A square around the same middle, so many times as large as the longer side."""
        side = factor * max(self.width, self.height)
        x, y = self.x + self.width / 2, self.y + self.height / 2
        return Box(x - side / 2, y - side / 2, side, side)


@dataclass(frozen=True, slots=True)
class Planet:
    """A planet: its circle in the drawing, and what the stages said of it."""

    tile: int
    x: float
    y: float
    r: float
    rank: int
    rank_probability: float
    match: float
    similarity: float
    score: float
    role: Role = ""

    @property
    def box(self) -> Box:
        """What was cut out to be compared."""
        return Box(self.x - self.r, self.y - self.r, 2 * self.r, 2 * self.r).square(MARGIN)


@dataclass(frozen=True, slots=True)
class Orbit:
    """An orbit about the centre of a tile: half axes, and whether it is the one asked for."""

    rank: int
    rx: float
    ry: float
    asked: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: the probability that it is the answer, and its planet that decided that."""

    number: int
    probability: float | None
    role: Role
    planet: Planet | None

    @property
    def x(self) -> float:
        """Its left edge."""
        return SIDE * (self.number - 1)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A part of the picture to be seen closely: what it shows, and where it is."""

    name: str
    box: Box
    role: Role


@dataclass(frozen=True, slots=True)
class Truth:
    """What the label says: the answer's tile and box, and the digit."""

    tile: int | None
    digit: int | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A solved puzzle; `planets` are all of them, the most telling ones last.

    `small`: it is drawn over a small copy, which has the parts to be seen closely below it.
    """

    height: float
    small: bool
    tile: int
    digit: int
    point: tuple[float, float]
    digits: tuple[float, ...]
    tiles: tuple[Tile, ...]
    centre: tuple[float, float]
    turn: float
    orbits: tuple[Orbit, ...]
    planets: tuple[Planet, ...]
    digit_box: Box | None
    icon_box: Box | None
    runner_up: int | None
    truth: Truth | None

    @property
    def chosen(self) -> Tile:
        """The answer's tile."""
        return self.tiles[self.tile - 1]

    @property
    def second(self) -> Tile | None:
        """The next likely tile."""
        return self.tiles[self.runner_up - 1] if self.runner_up else None

    @property
    def cutouts(self) -> list[Cutout]:
        """The icon asked for, the answer and the runner-up, as far as they were found."""
        icon = self.icon_box.square(ROOM) if self.icon_box else None
        planets = (self.chosen.planet, self.second.planet if self.second else None)
        boxes = [icon, *(planet.box if planet else None for planet in planets)]
        if self.small:
            below = [Box(number * CROP, self.height, CROP, CROP) for number in range(len(boxes))]
            boxes = [at if box else None for at, box in zip(below, boxes, strict=True)]
        named: tuple[tuple[str, Role], ...] = (
            ("asked for", "named"),
            ("answer", "chosen"),
            ("runner-up", "second"),
        )
        return [Cutout(n, box, role) for (n, role), box in zip(named, boxes, strict=True) if box]

    @property
    def sheet(self) -> float:
        """The height of the picture with what is below it."""
        return self.height + CROP if self.small else self.height

    def circles(self, *roles: Role) -> str:
        """The circles of all planets with one of these roles, as one path."""
        return "".join(_ellipse(it.x, it.y, it.r, it.r) for it in self.planets if it.role in roles)

    @property
    def sky(self) -> str:
        """All orbits of a tile and the sun's centre, as one path."""
        return self._around(self.orbits)

    @property
    def asked(self) -> str:
        """The orbits asked for and the sun's centre, as one path."""
        return self._around([orbit for orbit in self.orbits if orbit.asked])

    def _around(self, orbits: Iterable[Orbit]) -> str:
        x, y = self.centre
        rings = (_ellipse(x, y, orbit.rx, orbit.ry, self.turn) for orbit in orbits)
        return f"M{x - 6:.1f} {y:.1f}h12m-6-6v12" + "".join(rings)


def draw(
    tile: int | None,
    point: tuple[float, float] | None,
    digit: int | None,
    seen: Json | None,
    outcome: Json | None = None,
    *,
    small: bool = False,
) -> Drawing | None:
    """The drawing of a result, or None where there is no answer to draw.

    `small`: over a small copy of the picture.
    """
    if tile is None or point is None or digit is None or not seen or "size" not in seen:
        return None
    width, height = seen["size"]
    scale = WIDTH / width
    x, y = point[0] * scale, point[1] * scale
    second = seen.get("runner_up")
    planets = _planets(seen, scale, tile, (x, y), second)
    probabilities = seen.get("tile_probabilities") or (None,) * TILES
    return Drawing(
        height=height * scale,
        small=small,
        tile=tile,
        digit=digit,
        point=(x, y),
        digits=tuple(seen.get("digit_probabilities") or ()),
        tiles=tuple(
            Tile(number, probability, _role(number, tile, second), _decisive(planets, number))
            for number, probability in enumerate(probabilities, start=1)
        ),
        centre=_scaled(seen.get("centre") or (width / 10, width / 10), scale),
        turn=math.degrees((seen.get("ellipse") or (1.0, 0.0))[1]),
        orbits=_orbits(seen, scale, digit),
        planets=planets,
        digit_box=_box(seen.get("digit_box"), scale),
        icon_box=_box(seen.get("icon_box"), scale),
        runner_up=second,
        truth=_truth(outcome, scale),
    )


def _role(number: int, tile: int, second: int | None) -> Role:
    return "chosen" if number == tile else "second" if number == second else "named"


def _decisive(planets: Sequence[Planet], tile: int) -> Planet | None:
    return next((planet for planet in planets if planet.tile == tile and planet.role), None)


def _planets(
    seen: Json, scale: float, tile: int, point: tuple[float, float], second: int | None
) -> tuple[Planet, ...]:
    """All planets; in the answer's tile the one at the point has a role, else the likeliest."""
    found = seen.get("planets") or ()
    named = set()
    for number in range(1, TILES + 1):
        here = [place for place, it in enumerate(found) if it["tile"] == number]
        if not here:
            continue
        if number == tile:
            named.add(min(here, key=lambda i: _distance(found[i], scale, point)))
        else:
            named.add(max(here, key=lambda i: float(found[i]["match_probability"])))
    made = (
        _planet(it, scale, _role(it["tile"], tile, second) if place in named else "")
        for place, it in enumerate(found)
    )
    return tuple(sorted(made, key=lambda planet: planet.role != ""))


def _distance(planet: Json, scale: float, point: tuple[float, float]) -> float:
    return math.hypot(planet["x"] * scale - point[0], planet["y"] * scale - point[1])


def _planet(it: Json, scale: float, role: Role) -> Planet:
    return Planet(
        tile=it["tile"],
        x=it["x"] * scale,
        y=it["y"] * scale,
        r=REACH * it["size"] * scale,
        rank=it["rank"],
        rank_probability=it["rank_probability"],
        match=it["match_probability"],
        similarity=it["similarity"],
        score=it["score"],
        role=role,
    )


def _ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> str:
    """An ellipse as a path of two halves; `turn` in degrees."""
    across, down = (rx * part(math.radians(turn)) for part in (math.cos, math.sin))
    half = f"a{rx:.1f} {ry:.1f} {turn:.1f} 1 0"
    there, back = (f"{sign * across:.1f} {sign * down:.1f}" for sign in (2, -2))
    return f"M{x - across:.1f} {y - down:.1f}{half} {there}{half} {back}"


def _orbits(seen: Json, scale: float, digit: int) -> tuple[Orbit, ...]:
    ratio = (seen.get("ellipse") or (1.0, 0.0))[0]
    return tuple(
        Orbit(rank, radius * scale, radius * ratio * scale, rank == digit)
        for rank, radius in enumerate(seen.get("orbits") or (), start=1)
    )


def _truth(outcome: Json | None, scale: float) -> Truth | None:
    """What an evaluation knows of the answer."""
    if not outcome or not outcome.get("scored"):
        return None
    return Truth(outcome.get("answer"), outcome.get("digit"), _box(outcome.get("box"), scale))


def _box(values: Sequence[float] | None, scale: float) -> Box | None:
    return None if values is None else Box(*(value * scale for value in values))


def _scaled(point: Sequence[float], scale: float) -> tuple[float, float]:
    return point[0] * scale, point[1] * scale
