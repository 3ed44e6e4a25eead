"""What to train and for how long, and what a training tells while it runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from solver.encoders.source import ClipConfig

Kind: TypeAlias = Literal["head", "full"]

#: Epochs of each kind where a plan names none.
EPOCHS: dict[Kind, int] = {"head": 40, "full": 12}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is made from its parent.

    `kind` is `head`, the linear layer on a frozen CLIP tower, or `full`, the project's own polar
    encoder in all its weights. `clip` is the tower of a `head`; None takes the parent's where it
    has one, or else the published one. A training that is killed loses
    `checkpoint_seconds` and a step at most. `threads` share the encoding among them and change no
    result; `name` is the new model's, its folder's by default.
    """

    kind: Kind = "full"
    epochs: int | None = None
    seed: int = 0
    clip: ClipConfig | None = None
    name: str | None = None
    checkpoint_seconds: float = 2.0
    threads: int = 1

    @property
    def length(self) -> int:
        """How many epochs are trained."""
        return EPOCHS[self.kind] if self.epochs is None else self.epochs

    def shortened(self, epochs: int) -> int:
        """The epochs of a net beside the matcher: fewer where the matcher is trained for fewer."""
        return math.ceil(epochs * min(1.0, self.length / EPOCHS[self.kind]))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is, in pictures, batches of crops or steps of training.

    A training also has its epoch, the mean loss of the epoch so far, and the validation ROC-AUC
    after the epoch before.
    """

    stage: str
    done: int
    total: int
    epoch: int | None = None
    loss: float | None = None
    validation_auc: float | None = None


Tell: TypeAlias = Callable[[Progress], None]
Stop: TypeAlias = Callable[[], bool]


def silent(_: Progress) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on to the end."""
    return False
