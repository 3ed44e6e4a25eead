"""Training on labelled puzzles: a head on CLIP, or the polar encoder in all its weights.

`solver.train` makes the shipped weights from generated pictures; this package makes a candidate
from a model that is there and puzzles that people labelled.
"""

from solver.encoders.source import ClipConfig
from solver.finetune.cache import StageRun
from solver.finetune.errors import Cancelled, LeakError, TrainingError
from solver.finetune.figures import Figures
from solver.finetune.finetune import finetune
from solver.finetune.plan import Plan, Progress
from solver.finetune.result import Finetuned

__all__ = [
    "Cancelled",
    "ClipConfig",
    "Figures",
    "Finetuned",
    "LeakError",
    "Plan",
    "Progress",
    "StageRun",
    "TrainingError",
    "finetune",
]
