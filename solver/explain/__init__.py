"""One picture of everything that the stages saw on the way to an answer."""

from solver.explain.page import About, explained
from solver.explain.raster import to_picture
from solver.explain.shapes import Drawing
from solver.explain.truth import Truth, truth_of
from solver.explain.vector import to_svg

__all__ = ["About", "Drawing", "Truth", "explained", "to_picture", "to_svg", "truth_of"]
