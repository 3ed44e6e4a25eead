"""Where the sun stands, where the orbits run, and which orbit a planet is on."""

from solver.geometry.fit import fit
from solver.geometry.orbits import Geometry
from solver.geometry.ranks import rank_probabilities

__all__ = ["Geometry", "fit", "rank_probabilities"]
