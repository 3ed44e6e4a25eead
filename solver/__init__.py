"""Finds the answer of a solar-system icon puzzle."""
