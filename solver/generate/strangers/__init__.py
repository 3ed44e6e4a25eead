"""Pictures with the proportions of a puzzle that are none: what a solver must refuse."""

from solver.generate.strangers.strange import KINDS, draw_stranger

__all__ = ["KINDS", "draw_stranger"]
