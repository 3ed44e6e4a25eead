"""Held-out icons whose very drawing training has seen in another family.

Arrows, ticks and logos are drawn alike everywhere. `twins.txt` names those of the held-out families
that match an icon of a training family; `icons.listed` leaves them out. After a change of families,
`python -m solver.generate.twins` writes the file anew (about a minute).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solver.generate import assets

#: Where the twins are named, one `family/name` a line.
LIST = Path(__file__).with_name("twins.txt")
#: Likeness, without turning, from which two drawings count as one.
SAME = 0.95


@cache
def known() -> frozenset[str]:
    """The ids of held-out icons that are left out."""
    return frozenset(LIST.read_text(encoding="utf-8").split()) if LIST.exists() else frozenset()


def _shapes(families: Iterable[assets.Family]) -> tuple[list[str], NDArray[np.float32]]:
    from solver.generate import icons

    ids, shapes = [], []
    for family in families:
        for icon in icons.every(family.name):
            if icons.usable(icon):
                ids.append(icon.id)
                shapes.append(icons.shape(icon).ravel())
    return ids, np.stack(shapes)


def find() -> list[str]:
    """The ids of all held-out icons that some training icon matches, sorted."""
    _, seen = _shapes(assets.families("train"))
    ids, unseen = _shapes(assets.families("held-out"))
    best = np.concatenate([(part @ seen.T).max(1) for part in np.array_split(unseen, 20)])
    return sorted(name for name, like in zip(ids, best, strict=True) if like > SAME)


if __name__ == "__main__":
    LIST.write_text("\n".join(find()) + "\n", encoding="utf-8")
