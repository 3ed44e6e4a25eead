"""Looks that training never draws: whole kinds of every axis, kept for measuring."""

from solver.generate.unseen import badges, grounds, hint, inks, marks, suns, themes

__all__ = ["badges", "grounds", "hint", "inks", "marks", "suns", "themes"]
