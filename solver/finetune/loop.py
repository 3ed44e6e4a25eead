"""Training that can be killed at any step and ends as if it had not been."""

from __future__ import annotations

import io
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn

from solver.finetune.cache import Made, Stages, write_whole
from solver.finetune.errors import Cancelled
from solver.finetune.plan import Progress, Stop, Tell

#: Files of a training: where it can go on from, its best weights, and its course.
CHECKPOINT, WEIGHTS, COURSE = "checkpoint.pt", "weights.pt", "course.json"

#: Share of the steps over which the learning rate rises to its peak.
WARM_UP = 0.1

#: The norm that gradients are clipped to.
STEEPEST = 2.0

#: The stages that learn: the matcher or head, and the hint's two nets.
Learning: TypeAlias = Literal["train", "digit", "hint"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt, and how long, in epochs of so many steps.

    `step` gives the loss of a step from its number, the same every time. `net` is what is wanted in
    the end, `also` what is only trained along. `validate` says how good it is on puzzles that are
    not trained on, the higher the better. `rate` is the learning rate at its peak, `decay` the
    weights'.
    """

    net: nn.Module
    epochs: int
    steps: int
    step: Callable[[int], Tensor]
    validate: Callable[[], float]
    rate: float
    decay: float
    also: nn.Module | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """The mean loss of an epoch, None before the first, and what validation said after it."""

    number: int
    loss: float | None
    validation: float


@dataclass(frozen=True, slots=True)
class Learner:
    """Trains in stages that are kept; one that is killed loses `seconds` and a step at most."""

    stages: Stages
    seconds: float
    tell: Tell
    stop: Stop

    def learnt(
        self, stage: Learning, version: int, inputs: Mapping[str, Any], lesson: Callable[[], Lesson]
    ) -> Made:
        """The result of a stage that learns, see `learn`; the lesson is made where it runs."""

        def make(folder: Path) -> None:
            learn(stage, lesson(), folder, self.seconds, self.tell, self.stop)

        return self.stages.run(stage, version, inputs, make)


def learn(
    stage: Learning, lesson: Lesson, folder: Path, seconds: float, tell: Tell, stop: Stop
) -> None:
    """Train, and leave the weights of the best epoch and the course in a folder.

    Every step is told of, and every so many `seconds` a checkpoint is written. The start counts as
    epoch 0: what training makes worse is not kept. Adam with decoupled decay (Loshchilov and
    Hutter, 2019) at the rate of `share_of_rate`. With one seed the result is the same bit for bit,
    killed in between or not: a checkpoint holds all that the next step needs.

    Raises:
        Cancelled: `stop` said so; the folder keeps a checkpoint.
    """
    with one_thread():
        _State(stage, lesson, folder).run(seconds, tell, stop)


def share_of_rate(step: int, total: int) -> float:
    """The learning rate of a step over the peak: a straight rise, then half a cosine down to 0."""
    rise = max(1, round(WARM_UP * total))
    if step < rise:
        return (step + 1) / rise
    return (1 + math.cos(math.pi * (step - rise) / max(1, total - rise))) / 2


def read_weights(folder: Path) -> dict[str, Tensor]:
    """The best weights that `learn` left in a folder."""
    weights: dict[str, Tensor] = torch.load(folder / WEIGHTS, weights_only=True)
    return weights


def read_course(folder: Path) -> list[Epoch]:
    """The epochs of a training, the start among them."""
    course = json.loads((folder / COURSE).read_text(encoding="utf-8"))
    return [Epoch(**epoch) for epoch in course]


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch: the order of its sums, and so the result, depends on their number."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _State:
    """All that the next step depends on."""

    def __init__(self, stage: Learning, lesson: Lesson, folder: Path) -> None:
        self._stage, self._lesson, self._folder = stage, lesson, folder
        self._total = lesson.epochs * lesson.steps
        self._both = nn.ModuleDict({"net": lesson.net})
        if lesson.also is not None:
            self._both["also"] = lesson.also
        self._optimiser = torch.optim.AdamW(
            self._both.parameters(), lr=lesson.rate, weight_decay=lesson.decay
        )
        self._rate = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: share_of_rate(step, self._total)
        )
        self._number = 0
        self._losses: list[float] = []
        self._course: list[Epoch] = []
        self._best: dict[str, Tensor] = {}
        self._saved = time.monotonic()

    def run(self, seconds: float, tell: Tell, stop: Stop) -> None:
        """Go on from the checkpoint, or from the start, to the end."""
        if not self._restored():
            self._end_epoch()
        tell(self._progress())
        while self._number < self._total:
            if stop():
                self._save()
                raise Cancelled(f"The training was cancelled at step {self._number}.")
            self._step()
            self._number += 1
            if self._number % self._lesson.steps == 0:
                self._end_epoch()
            if time.monotonic() - self._saved >= seconds:
                self._save()
            tell(self._progress())
        self._finish()

    def _step(self) -> None:
        self._both.train()
        loss = self._lesson.step(self._number)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._both.parameters(), STEEPEST)
        self._optimiser.step()
        self._rate.step()
        self._losses.append(float(loss.detach()))

    def _end_epoch(self) -> None:
        self._both.eval()
        value = self._lesson.validate()
        if not self._course or value >= max(epoch.validation for epoch in self._course):
            self._best = deepcopy(self._lesson.net.state_dict())
        self._course.append(Epoch(len(self._course), self._loss, value))
        self._losses.clear()

    @property
    def _loss(self) -> float | None:
        """The mean of the epoch so far."""
        return sum(self._losses) / len(self._losses) if self._losses else None

    def _progress(self) -> Progress:
        last = self._course[-1]
        return Progress(
            self._stage,
            self._number,
            self._total,
            epoch=last.number + bool(self._losses),
            loss=last.loss if self._loss is None else self._loss,
            validation_auc=last.validation if self._stage == "train" else None,
        )

    def _save(self) -> None:
        state = {
            "number": self._number,
            "both": self._both.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "rate": self._rate.state_dict(),
            "losses": self._losses,
            "course": [asdict(epoch) for epoch in self._course],
            "best": self._best,
        }
        write_whole(self._folder / CHECKPOINT, _bytes(state))
        self._saved = time.monotonic()

    def _restored(self) -> bool:
        path = self._folder / CHECKPOINT
        if not path.exists():
            return False
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self._both.load_state_dict(state["both"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._rate.load_state_dict(state["rate"])
        self._number, self._losses = state["number"], state["losses"]
        self._course = [Epoch(**epoch) for epoch in state["course"]]
        self._best = state["best"]
        return True

    def _finish(self) -> None:
        write_whole(self._folder / WEIGHTS, _bytes(self._best))
        course = json.dumps([asdict(epoch) for epoch in self._course], indent=1)
        write_whole(self._folder / COURSE, course.encode())
        (self._folder / CHECKPOINT).unlink(missing_ok=True)


def _bytes(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()
