"""The stages that teach the hint's two nets what labels can teach them."""

from __future__ import annotations

from solver.finetune import hint_finder, reader
from solver.finetune.cache import Made
from solver.finetune.folder import hash_net, net_of
from solver.finetune.hint_finder import hint_lesson
from solver.finetune.hints import read_hints
from solver.finetune.loop import Learner, Lesson
from solver.finetune.pairs import Pairs
from solver.finetune.plan import Plan
from solver.finetune.reader import reader_lesson
from solver.finetune.split import Sides
from solver.finetune.validation import confirmed
from solver.model import Model
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder


def train_hint_nets(
    learner: Learner, parent: Model, prepared: Made, pairs: Pairs, sides: Sides, plan: Plan
) -> dict[str, Made]:
    """The trained digit reader and, beside a polar encoder, hint finder.

    Where no label of a side has a digit box, there is none. A head's crops are those of the
    parent's hint finder, which is left as it is.
    """
    hints = read_hints(prepared.folder)
    if not (hints.marked(sides.train) and hints.marked(sides.held_back)):
        return {}
    shared = {
        "crops": prepared.content,
        "seed": plan.seed,
        "sides": [list(sides.train), list(sides.held_back)],
    }

    def digit() -> Lesson:
        return reader_lesson(hints, sides, net_of(parent, "digit", DigitNet), plan)

    def hint() -> Lesson:
        sure = confirmed(pairs, [*sides.train, *sides.held_back], parent.encoder)
        return hint_lesson(hints, sure, sides, net_of(parent, "hint", Finder), plan)

    own = {"digit": hash_net(parent, "digit"), "epochs": plan.shortened(reader.EPOCHS)}
    made = {"digit": learner.learnt("digit", reader.VERSION, shared | own, digit)}
    if plan.kind == "full":
        nets = {name: hash_net(parent, name) for name in ("hint", "encoder", "pair")}
        own = {**nets, "epochs": plan.shortened(hint_finder.EPOCHS)}
        made["hint"] = learner.learnt("hint", hint_finder.VERSION, shared | own, hint)
    return made
