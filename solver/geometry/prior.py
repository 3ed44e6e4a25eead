"""What is known about orbits before a planet is seen; every term is mild and bounded."""

from __future__ import annotations

import numpy as np

from solver.geometry.orbits import Array
from solver.solution import TILE

#: Where suns stand: the middle and the corners of the tile, give or take these px.
HOMES = np.array([(0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1)]) * TILE
HOME_SPREAD = 18.0
#: Probability that a sun stands anywhere else.
AWAY = 0.1
#: Typical first radius over spacing, and the standard deviation of its logarithm.
FIRST_OVER_SPACING = 1.5
FIRST_DEVIATION = 0.45
#: Standard deviation of the two numbers that stretch circles to ellipses.
STRETCH_DEVIATION = 0.06
#: Standard deviation of the second differences of the radii, in spacings.
UNEVEN = 0.06
#: Log-odds that a map of the sun can add at most.
SUN_SAYS = 3.0


def centre_log_prior(centres: Array) -> Array:
    """Log prior density of centres (H, 2) up to a constant: (H,)."""
    gap = ((centres[:, None, :] - HOMES) ** 2).sum(axis=2)
    density = np.exp(-0.5 * gap / HOME_SPREAD**2) * np.array([0.5] + [0.125] * 4)
    area = (TILE + 60.0) ** 2 / (2 * np.pi * HOME_SPREAD**2)
    return np.asarray(np.log(density.sum(axis=1) * (1 - AWAY) + AWAY / area))


def radii_log_prior(radii: Array) -> Array:
    """Log prior of five radii (H, 5), px, up to a constant: (H,)."""
    spacing = np.maximum((radii[:, 4] - radii[:, 0]) / 4, 1.0)
    ratio = np.log(np.maximum(radii[:, 0], 1.0) / spacing / FIRST_OVER_SPACING)
    bend = radii[:, 2:] - 2 * radii[:, 1:-1] + radii[:, :-2]
    uneven = bend / (UNEVEN * spacing[:, None])
    shape = -0.5 * (ratio / FIRST_DEVIATION) ** 2
    return np.asarray(shape - 0.5 * (uneven**2).sum(axis=1))


def stretch_log_prior(stretch: Array, shear: Array) -> Array:
    """Log prior of an ellipse's two numbers (H,), (H,): (H,)."""
    return np.asarray(-0.5 * (stretch**2 + shear**2) / STRETCH_DEVIATION**2)


def sun_log_evidence(sun: Array | None, centres: Array) -> Array:
    """What a map (R, C) of the sun adds to each centre (H, 2): (H,), between 0 and SUN_SAYS.

    Centres beyond the edge take what the map says at the edge.
    """
    if sun is None:
        return np.zeros(len(centres))
    rows, columns = sun.shape
    cells = (centres * (np.array([columns, rows]) / TILE)).astype(np.int64)
    column, row = np.minimum(np.maximum(cells, 0), [columns - 1, rows - 1]).T
    share = sun[row, column]
    floor = np.exp(-SUN_SAYS)
    return np.asarray(np.log(floor + (1 - floor) * share) + SUN_SAYS)
