"""How the planets of a puzzle are dressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solver.generate import badges
from solver.generate.badges import Badge
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme, of
from solver.generate.icons import REACH
from solver.generate.levels import Level


@dataclass(frozen=True, slots=True)
class Dress:
    """How the planets of a puzzle are dressed.

    `badges`: the kinds there are. `shape`: of all badges, or "mixed". `size`: of the largest icon
    in px, others down to `1 - vary` of it. `margin`: badge radius in parts of the icon's reach.
    `shadow`: its strength. `rim`: width in px of a line around badges, or around bare icons.
    `finish`: flat, ball or sheen. `opacity`: of badges. `badge`: the colour of all badges, or None
    for one each. `shade`: how the icons' colours are chosen: free, light, dark or ink (black or
    white).
    """

    badges: Mapping[str, Badge]
    shape: str
    size: float
    vary: float
    margin: float
    shadow: float
    rim: float
    finish: str
    opacity: float
    badge: Colour | None
    shade: str

    def reach(self) -> float:
        """Radius in px that most planets take up."""
        return REACH * self.size * (1.0 if self.shape == "bare" else self.margin)

    def extent(self) -> float:
        """Radius in px that no planet exceeds, corners of badges included."""
        shapes = self.badges if self.shape == "mixed" else (self.shape,)
        return self.reach() * max(self.badges[shape].reach for shape in shapes)

    def sizes(self, rng: Rng, count: int) -> list[float]:
        """The icon sizes of a tile's planets in px."""
        return [round(self.size * between(rng, 1 - self.vary, 1.0), 3) for _ in range(count)]


def dress(rng: Rng, level: Level, scheme: Scheme, kinds: Mapping[str, Badge]) -> Dress:
    """Choose how planets look, with badges of the given kinds."""
    shape = badges.choose(rng, kinds) if maybe(rng, 0.75) else "mixed"
    size = between(rng, *level.icon_size)
    return Dress(
        badges=kinds,
        shape=shape,
        size=size if shape == "bare" else max(size * 0.86, level.icon_size[0]),
        vary=pick(rng, (0.0, 0.06, 0.15), (3, 2, 1)),
        margin=between(rng, 1.08, 1.35),
        shadow=between(rng, 0.3, 0.75) if maybe(rng, 0.25) else 0.0,
        rim=between(rng, 0.8, 2.2) if maybe(rng, 0.6 if scheme.busy else 0.25) else 0.0,
        finish=pick(rng, ("flat", "ball", "sheen"), (6, 1.5, 1)),
        opacity=1.0 if maybe(rng, 0.8) else between(rng, 0.6, 0.95),
        badge=of(rng, scheme) if maybe(rng, 0.25) else None,
        shade=pick(rng, ("free", "light", "dark", "ink"), (5, 1, 1, 1.5)),
    )
