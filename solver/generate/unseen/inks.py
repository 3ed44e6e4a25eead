"""Icon fillings that training never draws."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from solver.generate.arrays import Alpha, Mask
from solver.generate.bodies import Patch
from solver.generate.colours import BLACK, WHITE, Colour, luma, opposite
from solver.generate.dress import Dress
from solver.generate.inks import Ink, rim


def _cover(drawn: Mask) -> Alpha:
    return drawn.astype(np.float32) / np.float32(255)


def kin(colour: Colour) -> Colour:
    """Another hue of about the same luma, so that an icon in both keeps its contrast."""
    red, green, blue = colour[2], colour[0], colour[1]
    if max(colour) - min(colour) < 60:
        red, green, blue = colour[0] + 90, colour[1] - 54, colour[2] + 42
    turned = tuple(min(max(c, 0.0), 255.0) for c in (red, green, blue))
    change = luma(colour) - luma((turned[0], turned[1], turned[2]))
    red, green, blue = (min(max(c + change, 0.0), 255.0) for c in turned)
    return (red, green, blue)


def _ramp(side: int) -> Alpha:
    """From 0 at the top left to 1 at the bottom right, steeper in the middle."""
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) / np.float32(side)
    ramp: Alpha = np.clip((xs + ys - 1) * 1.3 + 0.5, 0, 1)
    return ramp


def _outlined(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """A strong edge and a faint inside, so that filled icons and their outlines still differ."""
    if bare:
        rim(patch, drawn, colour, look)
    cover = _cover(drawn)
    inside = _cover(cv2.erode(drawn, np.ones((3, 3), np.uint8)).astype(np.uint8))
    # Small icons keep more of their inside, lest noise eats what is left.
    faint = np.float32(0.6 if look.size > 24 else 0.4)
    patch.lay(cover - faint * inside * cover, colour)


def _gradient(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """From one hue into another."""
    if bare:
        rim(patch, drawn, colour, look)
    cover = _cover(drawn)
    patch.lay(cover, colour)
    patch.lay(cover * _ramp(patch.side), kin(colour))


def _two_tone(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """One half in one hue, one in another."""
    if bare:
        rim(patch, drawn, colour, look)
    cover = _cover(drawn)
    patch.lay(cover, colour)
    patch.lay(cover * (_ramp(patch.side) > 0.5), kin(colour))


def _striped(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """Fine stripes of two hues."""
    if bare:
        rim(patch, drawn, colour, look)
    cover = _cover(drawn)
    patch.lay(cover, colour)
    stripes = (np.arange(patch.side) // 3 % 2).astype(np.float32)[:, None]
    patch.lay(cover * stripes, kin(colour))


def _embossed(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """Raised: light from the upper left, shadow at the lower right."""
    cover = _cover(drawn)
    patch.lay(cover * np.float32(0.65), WHITE, down=-1)
    patch.lay(cover * np.float32(0.65), BLACK, down=1)
    patch.lay(cover, colour)


def _shadowed(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """A soft shadow that falls to the lower right."""
    fallen = _cover(cv2.GaussianBlur(drawn, (0, 0), 1.2).astype(np.uint8))
    patch.lay(fallen * np.float32(0.7), opposite(colour), down=2)
    patch.lay(_cover(drawn), colour)


def _glowing(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """A soft halo that sets the icon off."""
    wide = cv2.GaussianBlur(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), (0, 0), 2.0)
    patch.lay(_cover(wide.astype(np.uint8)) * np.float32(0.75), opposite(colour))
    patch.lay(_cover(drawn), colour)


KINDS: Mapping[str, Ink] = {
    "outlined": _outlined,
    "gradient": _gradient,
    "two-tone": _two_tone,
    "striped": _striped,
    "embossed": _embossed,
    "shadowed": _shadowed,
    "glowing": _glowing,
}
