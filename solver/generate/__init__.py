"""The generator: puzzles with exact truth, as many as are asked for, the same for the same seed."""

from solver.generate.assets import Assets, faces, families
from solver.generate.drawing import draw
from solver.generate.errors import GenerateError
from solver.generate.styles import Styles
from solver.generate.truth import Box, Drawn, TruePlanet, Truth
from solver.generate.writing import write_dataset

__all__ = [
    "Assets",
    "Box",
    "Drawn",
    "GenerateError",
    "Styles",
    "TruePlanet",
    "Truth",
    "draw",
    "faces",
    "families",
    "write_dataset",
]
