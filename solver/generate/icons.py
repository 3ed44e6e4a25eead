"""Icons as masks: listed by family, drawn at any size and angle, compared by shape.

An icon is normalised by its ink: the middle of the ink's box is its centre, and its size is the
side `S` of a square such that the farthest ink lies `REACH * S` from the centre.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import ImageFont

from solver.generate import assets, glyphs, svg, twins
from solver.generate.arrays import Mask
from solver.generate.assets import Family

#: Distance of an icon's farthest ink from its centre, in parts of its size.
REACH = 0.575
#: Side of a master mask, and the radius that its ink fills.
_SIDE = 96
_RADIUS = 45.0
#: Sides of the smaller copies that small icons are drawn from.
_SMALLER = (60, 40)
#: Glyph names that are digits, letters or nothing: not pictures.
_NOT_ICONS = re.compile(
    r"numeric|number|digit|alpha-|letter|roman|zero-width|^space|^\.|^blank$|^border-|^[a-z0-9]$|"
    r"^_?\d+(mp|k|k_plus)?$|^bx-?\d|[-_]\d$|^size-|^format-header|-f\d+$"
)


@dataclass(frozen=True, slots=True)
class Icon:
    """One icon of a family: `code` is its code point in a font, 0 for an SVG file."""

    family: str
    name: str
    code: int

    @property
    def id(self) -> str:
        """The icon's name with its family, unique."""
        return f"{self.family}/{self.name}"


_BY_NAME = {family.name: family for family in assets.FAMILIES}


@cache
def listed(family: str) -> tuple[Icon, ...]:
    """The icons of a family in a fixed order, those that training knows from elsewhere left out.

    Some may prove unusable when drawn (`usable`).
    """
    return tuple(icon for icon in every(family) if icon.id not in twins.known())


def every(family: str) -> tuple[Icon, ...]:
    """All icons of a family in a fixed order, but for digits and letters."""
    known = _BY_NAME[family]
    path = assets.locate(known)
    names = {file.stem: 0 for file in path.glob("*.svg")} if path.is_dir() else _glyphs(known)
    return tuple(
        Icon(family, name, code)
        for name, code in sorted(names.items())
        if not _NOT_ICONS.search(name)
    )


def _glyphs(family: Family) -> dict[str, int]:
    path = assets.locate(family)
    # Some icon fonts carry stray bytes behind their glyph names; nothing that a user could mend.
    logging.getLogger("fontTools.ttLib.tables._p_o_s_t").setLevel(logging.ERROR)
    cmap: dict[int, str] = TTFont(path, lazy=True).getBestCmap()
    titles = {code: name for name, code in _titles(family).items()}
    names: dict[str, int] = {}
    for code, glyph in sorted(cmap.items()):
        if code >= 0xE000:
            names.setdefault(titles.get(code, glyph), code)
    return names


def _titles(family: Family) -> dict[str, int]:
    """Names that stand beside a font whose glyphs have none."""
    path = assets.locate(family)
    if family.name == "material":
        lines = path.with_suffix(".codepoints").read_text(encoding="utf-8").splitlines()
        return {name: int(code, 16) for name, code in (line.split() for line in lines)}
    if family.name == "boxicons":
        css = path.with_suffix(".css").read_text(encoding="utf-8")
        found = re.findall(r"\.(bx[a-z0-9-]*):before\s*\{\s*content:\s*\"\\([0-9a-f]+)\"", css)
        return {name: int(code, 16) for name, code in found}
    if family.name == "ionicons":
        titles = json.loads((path.parent.parent / "glyphmap.json").read_text(encoding="utf-8"))
        return {name: int(code, 16) for name, code in titles.items()}
    return {}


@lru_cache(maxsize=32)
def _font(family: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(assets.locate(_BY_NAME[family])), 76, layout_engine=ImageFont.Layout.BASIC
    )


def _ink(icon: Icon) -> Mask:
    """The icon as its source draws it, cropped to its ink; empty when it has none."""
    if icon.code == 0:
        drawn = svg.mask(assets.locate(_BY_NAME[icon.family]) / f"{icon.name}.svg", 92)
    else:
        drawn = glyphs.mask(_font(icon.family), chr(icon.code))
    return glyphs.cropped(drawn)


def master(icon: Icon) -> Mask:
    """The icon's normalised mask, (96, 96) uint8; all zero when it has no ink."""
    return _levels(icon)[0][0]


def _normalised(ink: Mask) -> Mask:
    if min(ink.shape) < 8:
        return np.zeros((_SIDE, _SIDE), np.uint8)
    ys, xs = np.nonzero(ink > 48)
    cy, cx = (ink.shape[0] - 1) / 2, (ink.shape[1] - 1) / 2
    scale = _RADIUS / (np.sqrt(((xs - cx) ** 2 + (ys - cy) ** 2).max()) + 0.5)
    middle = (_SIDE - 1) / 2
    move = np.array([[scale, 0, middle - scale * cx], [0, scale, middle - scale * cy]])
    return cv2.warpAffine(ink, move, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR).astype(np.uint8)


@lru_cache(maxsize=6000)
def _levels(icon: Icon) -> tuple[tuple[Mask, float], ...]:
    """The normalised mask at falling sizes, each with its px per unit of icon size."""
    levels = [(_normalised(_ink(icon)), _RADIUS / REACH)]
    for side in _SMALLER:
        small = cv2.resize(levels[0][0], (side, side), interpolation=cv2.INTER_AREA)
        levels.append((small.astype(np.uint8), _RADIUS / REACH * side / _SIDE))
    return tuple(levels)


def _polar(small: Mask) -> NDArray[np.float32]:
    """The smallest copy of an icon over angle x radius, (64, 12)."""
    side = _SMALLER[-1]
    middle, radius = (side / 2 - 0.5, side / 2 - 0.5), _RADIUS * side / _SIDE
    return cv2.warpPolar(small, (12, 64), middle, radius, cv2.INTER_LINEAR).astype(np.float32)


@lru_cache(maxsize=40000)
def usable(icon: Icon) -> bool:
    """Whether the icon is a picture: neither blank, nor a plain disc, square or bar."""
    ink = master(icon) > 96
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    area = np.count_nonzero(ink)
    if area < 150:
        return False
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    if max(height, width) > 3 * min(height, width) or area > 0.9 * height * width:
        return False
    return bool(_polar(_levels(icon)[-1][0]).std(0).max() > 40)


def render(
    icon: Icon,
    size: float,
    angle: float = 0.0,
    side: int | None = None,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Mask:
    """Draw an icon's mask.

    `size` is in px (see the module); `angle` turns it, degrees counter-clockwise; `side` is the
    side of the square result, by default just large enough at any angle; the icon's centre lies
    at `((side - 1) / 2 + shift x, (side - 1) / 2 + shift y)`. Returns (side, side) uint8 coverage.
    """
    if side is None:
        side = int(np.ceil(2 * REACH * size + 2 * max(abs(shift[0]), abs(shift[1])))) + 2
    levels = _levels(icon)
    source, unit = next((lv for lv in reversed(levels) if lv[1] >= size), levels[0])
    scale = size / unit
    middle = (source.shape[0] - 1) / 2
    turn = np.deg2rad(angle)
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    x, y = (side - 1) / 2 + shift[0], (side - 1) / 2 + shift[1]
    move = np.array([[a, b, x - a * middle - b * middle], [-b, a, y + b * middle - a * middle]])
    return cv2.warpAffine(source, move, (side, side), flags=cv2.INTER_LINEAR).astype(np.uint8)


def shape(icon: Icon) -> NDArray[np.float32]:
    """The icon's shape over angle x radius, (64, 12), of unit norm, blurred a little."""
    soft = cv2.GaussianBlur(_levels(icon)[-1][0], (0, 0), 0.9).astype(np.uint8)
    found = _polar(soft) * np.sqrt(np.arange(12, dtype=np.float32) + 0.5)
    # Half of what turning cannot change is taken away: it says little about the drawing.
    found -= found.mean(0, keepdims=True) * 0.5
    unit: NDArray[np.float32] = found / np.float32(np.linalg.norm(found) + 1e-6)
    return unit


@lru_cache(maxsize=40000)
def _spectrum(icon: Icon) -> NDArray[np.complex64]:
    return np.fft.rfft(shape(icon), axis=0).astype(np.complex64)


def likeness(one: Icon, other: Icon) -> float:
    """How alike two icons look at the best rotation: from about 0 to 1, the same."""
    product = (_spectrum(one) * np.conj(_spectrum(other))).sum(1)
    return float(np.fft.irfft(product, n=64).max())


@cache
def relatives(family: str) -> dict[str, tuple[Icon, ...]]:
    """The family's icons grouped by the first word of their names."""
    groups: dict[str, list[Icon]] = {}
    for icon in listed(family):
        groups.setdefault(re.split(r"[-_]", icon.name)[0], []).append(icon)
    return {word: tuple(group) for word, group in groups.items()}
