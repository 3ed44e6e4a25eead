"""Labelled puzzles: Label Studio exports and LabelMe files, with every fault reported."""

from solver.dataset.answer import derive_answer, orbit_of, orbits_of
from solver.dataset.inspection import Inspection, inspect
from solver.dataset.labels import Dataset, LabelledPuzzle, Problem, Split
from solver.dataset.reader import LABELS, read, read_labels
from solver.dataset.split import split_of

__all__ = [
    "LABELS",
    "Dataset",
    "Inspection",
    "LabelledPuzzle",
    "Problem",
    "Split",
    "derive_answer",
    "inspect",
    "orbit_of",
    "orbits_of",
    "read",
    "read_labels",
    "split_of",
]
