"""The stages that teach the encoder: a head on a frozen CLIP, or a polar one in all its weights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from solver.dataset import Dataset
from solver.encoders.clip import ClipEncoder
from solver.encoders.tower import hash_tower
from solver.finetune import embed, full, head
from solver.finetune.cache import Made
from solver.finetune.folder import hash_net, matcher_of, tower_of
from solver.finetune.loop import Learner, read_weights
from solver.finetune.pairs import Pairs
from solver.finetune.plan import Plan
from solver.finetune.split import Sides
from solver.model import Model
from solver.train.matching import Matcher


@dataclass(frozen=True, slots=True)
class Trained:
    """The trained encoder, where its course lies, and for a head the features it was made on."""

    encoder: Matcher | ClipEncoder
    made: Made
    features: Made | None = None

    def remembering(self, model: Model, pairs: Pairs, puzzles: Collection[int]) -> Model:
        """The model that was made, which takes the tower's features of some puzzles from here."""
        if self.features is None:
            return model
        if not isinstance(model.encoder, ClipEncoder):
            raise TypeError(f"{model.id} should hold a head on CLIP")
        features = embed.read_features(self.features.folder)
        known = embed.RememberedEncoder(model.encoder, pairs, features, puzzles)
        return replace(model, encoder=known)


#: Trains on some sides of prepared puzzles.
Train: TypeAlias = Callable[[Made, Pairs, Sides], Trained]


def encoder_training(learner: Learner, dataset: Dataset, parent: Model, plan: Plan) -> Train:
    """The training of a plan's kind; what it needs is looked for before anything takes time.

    Raises:
        ModelError: the tower of a head cannot be had.
        TrainingError: the parent has no polar encoder.
    """
    if plan.kind == "head":
        return _head(learner, parent, plan)
    return _full(learner, dataset, parent, plan)


def _head(learner: Learner, parent: Model, plan: Plan) -> Train:
    encoder, start = tower_of(parent, plan.clip)
    tower = hash_tower(encoder.source)
    started = None if start is None else hash_net(parent, "encoder")

    def train(prepared: Made, pairs: Pairs, sides: Sides) -> Trained:
        features = learner.stages.run(
            "embed",
            embed.VERSION,
            {"crops": prepared.content, "tower": tower},
            lambda folder: embed.embed(
                pairs, encoder, folder, plan.threads, learner.tell, learner.stop
            ),
        )
        seen = embed.read_features(features.folder)
        made = learner.learnt(
            "train",
            head.VERSION,
            {**_inputs(plan, sides), "features": features.content, "encoder": started},
            lambda: head.head_lesson(pairs, seen, sides, start, plan),
        )
        encoder.head.load_state_dict(read_weights(made.folder))
        return Trained(encoder, made, features)

    return train


def _full(learner: Learner, dataset: Dataset, parent: Model, plan: Plan) -> Train:
    matcher = matcher_of(parent)
    started = [hash_net(parent, name) for name in ("encoder", "pair")]

    def train(prepared: Made, pairs: Pairs, sides: Sides) -> Trained:
        made = learner.learnt(
            "train",
            full.VERSION,
            {**_inputs(plan, sides), "crops": prepared.content, "encoder": started},
            lambda: full.full_lesson(dataset, pairs, sides, matcher, plan),
        )
        matcher.load_state_dict(read_weights(made.folder))
        return Trained(matcher, made)

    return train


def _inputs(plan: Plan, sides: Sides) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "epochs": plan.length,
        "seed": plan.seed,
        "sides": [list(sides.train), list(sides.held_back)],
    }
