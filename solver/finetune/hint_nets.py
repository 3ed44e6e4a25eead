"""The stages that teach the hint's two nets what labels can teach them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.finetune import hint_finder, reader
from solver.finetune.cache import Made, Stages
from solver.finetune.folder import hash_net, net_of
from solver.finetune.hints import Hints, read_hints
from solver.finetune.pairs import Pairs
from solver.finetune.plan import Plan, Stop, Tell
from solver.finetune.split import Sides
from solver.finetune.validation import confirmed
from solver.model import Model
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the stages share: the parent, its prepared puzzles, their sides and the plan."""

    stages: Stages
    parent: Model
    prepared: Made
    pairs: Pairs
    sides: Sides
    plan: Plan
    tell: Tell
    stop: Stop

    def learnt(self) -> dict[str, Made]:
        """The trained digit reader and, beside a polar encoder, hint finder.

        Where no label of a side has a digit box, there is none. A head's crops are those of the
        parent's hint finder, which is left as it is.
        """
        hints = read_hints(self.prepared.folder)
        if not (hints.marked(self.sides.train) and hints.marked(self.sides.held_back)):
            return {}
        made = {"digit": self._digit(hints)}
        if self.plan.kind == "full":
            made["hint"] = self._hint(hints)
        return made

    def _digit(self, hints: Hints) -> Made:
        def make(folder: Path) -> None:
            net = net_of(self.parent, "digit", DigitNet)
            reader.train_reader(hints, self.sides, net, self.plan, folder, self.tell, self.stop)

        inputs = {**self._inputs(), "digit": hash_net(self.parent, "digit")}
        return self.stages.run("digit", reader.VERSION, inputs, make)

    def _hint(self, hints: Hints) -> Made:
        def make(folder: Path) -> None:
            seen = [*self.sides.train, *self.sides.held_back]
            sure = confirmed(self.pairs, seen, self.parent.encoder)
            net = net_of(self.parent, "hint", Finder)
            hint_finder.train_hint_finder(
                hints, sure, self.sides, net, self.plan, folder, self.tell, self.stop
            )

        started = [hash_net(self.parent, name) for name in ("hint", "encoder", "pair")]
        inputs = {**self._inputs(), "hint": started}
        return self.stages.run("hint", hint_finder.VERSION, inputs, make)

    def _inputs(self) -> dict[str, Any]:
        return {
            "crops": self.prepared.content,
            "seed": self.plan.seed,
            "sides": [list(self.sides.train), list(self.sides.held_back)],
        }
