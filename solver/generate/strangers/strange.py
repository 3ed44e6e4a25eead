"""One picture that is no puzzle, from a seed and an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solver.generate import levels, spoil
from solver.generate.arrays import Canvas
from solver.generate.chance import Rng, stream
from solver.generate.strangers import broken, pages, scenes

#: Kinds, each a function that paints (400, 1000, 3) float32 RGB.
KINDS: Mapping[str, Callable[[Rng], Canvas]] = {
    "text": pages.text,
    "listing": pages.listing,
    "table": pages.table,
    "calendar": pages.calendar,
    "bar-chart": pages.bar_chart,
    "line-chart": pages.line_chart,
    "icon-sheet": pages.icon_sheet,
    "comic": pages.comic,
    "texture": scenes.texture,
    "landscape": scenes.landscape,
    "map": scenes.street_map,
    "circuit": scenes.circuit,
    "wallpaper": scenes.wallpaper,
    "stars": scenes.stars,
    "planets": scenes.planets,
    "blank": scenes.blank,
    "noise": scenes.noise,
    "five-pictures": broken.five_pictures,
    "upside-down": broken.upside_down,
    "no-hint": broken.no_hint,
    "no-tiles": broken.no_tiles,
    "photo-hint": broken.photo_hint,
    "no-digit": broken.no_digit,
    "no-icon": broken.no_icon,
    "digit-beyond-five": broken.digit_beyond_five,
    "foreign-hint": broken.foreign_hint,
}

#: The icon size in px that spares a picture the worst spoiling.
_SPARED = 16.0
#: Apart from the streams of puzzles, which have one key.
_STREAM = 1


def draw_stranger(seed: int, index: int) -> tuple[str, bytes]:
    """Draw picture `index` of a seed: its kind's name and its file's bytes.

    Kinds take turns: picture i is of kind i modulo their number. 1000x400 px, now and then another
    size of the same proportions. The same arguments always give the same bytes.
    """
    kind = tuple(KINDS)[index % len(KINDS)]
    rng = stream(seed, index).spawn(_STREAM + 1)[_STREAM]
    picture, _ = spoil.spoil(rng, levels.MEDIUM, KINDS[kind](rng), _SPARED)
    data, _, _ = spoil.encode(rng, levels.MEDIUM, picture)
    return kind, data
