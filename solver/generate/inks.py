"""How a planet's icon is filled: in one colour, bare ones with a rim or shadow now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import cv2
import numpy as np

from solver.generate.arrays import Mask
from solver.generate.bodies import Patch
from solver.generate.colours import Colour, opposite
from solver.generate.dress import Dress

#: Paints an icon's mask, as large as the patch, in a colour; True: no badge lies under it.
Ink: TypeAlias = Callable[[Patch, Mask, Colour, Dress, bool], None]


def plain(patch: Patch, drawn: Mask, colour: Colour, look: Dress, bare: bool) -> None:
    """One colour."""
    cover = drawn.astype(np.float32) / 255
    if bare and look.shadow:
        patch.lay(cover * np.float32(look.shadow), opposite(colour), down=1)
    if bare:
        rim(patch, drawn, colour, look)
    patch.lay(cover, colour)


def rim(patch: Patch, drawn: Mask, colour: Colour, look: Dress) -> None:
    """The line around a bare icon, if its dress has one."""
    if look.rim:
        wide = 3 if look.rim < 1.5 else 5
        around = cv2.dilate(drawn, np.ones((wide, wide), np.uint8))
        patch.lay(around.astype(np.float32) / 255, opposite(colour))


KINDS: Mapping[str, Ink] = {"plain": plain}
