"""Making a model from its parent and a labelled dataset, stage by stage."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from solver.compare import SCALES
from solver.dataset import Dataset
from solver.digit import Ocr
from solver.evaluation.paired import compare
from solver.finetune import embed, figures, full, head, hint_finder, prepare, reader, refit, split
from solver.finetune.cache import Made, Stages, locked
from solver.finetune.card import card
from solver.finetune.data import chosen, version_of
from solver.finetune.encoder import Trained, encoder_training
from solver.finetune.errors import TrainingError
from solver.finetune.figures import Judged, judge, read_judged
from solver.finetune.folder import hash_net, set_calibration, write_model
from solver.finetune.hint_nets import train_hint_nets
from solver.finetune.loop import Learner, one_thread, read_course, read_weights
from solver.finetune.pairs import Pairs, read_pairs
from solver.finetune.plan import Plan, Stop, Tell, never, silent
from solver.finetune.result import Finetuned
from solver.finetune.split import Sides
from solver.model import Model, load
from solver.model_folder import CARD, identify
from solver.solve import Solver

#: The versions of all stages' code.
VERSIONS = {
    "prepare": prepare.VERSION,
    "split": split.VERSION,
    "embed": embed.VERSION,
    "head": head.VERSION,
    "full": full.VERSION,
    "digit": reader.VERSION,
    "hint": hint_finder.VERSION,
    "calibrate": refit.VERSION,
    "evaluate": figures.VERSION,
}


def finetune(
    dataset: Dataset,
    parent: Model | str | Path | None,
    out: Path,
    work: Path,
    plan: Plan,
    progress: Tell = silent,
    cancelled: Stop = never,
    ocr: Ocr | None = None,
) -> Finetuned:
    """Train a model on labelled puzzles and write its folder; its parent stays as it is.

    Stages: prepare, embed (a head's), train, digit, hint (not a head's), calibrate, evaluate of
    the parent and of the new model. Each is kept in `work` and runs again only when something it
    depends on changed. A call that was killed or cancelled goes on where it was, and ends with the
    same model.

    Args:
        dataset: labelled puzzles with their folder.
        parent: the model to start from; a name or folder is loaded on the CPU, None is the one
            that ships.
        out: the model folder; it must not exist, and is there whole or not at all.
        work: where stages are kept; one training at a time uses it.
        plan: what is trained and for how long.
        progress: is told of every step that takes a while.
        cancelled: is asked often whether to stop; it may raise, too.
        ocr: the second reader of digits, as the solver has it.

    Raises:
        Cancelled: `cancelled` said so.
        LeakError: training and judging are not apart.
        TrainingError: the dataset is too small, or plan and parent do not fit.
        ModelError: a model or a tower cannot be had.
    """
    if out.exists():
        raise TrainingError(f"{out} is there already; take another name, or remove it first.")
    model = parent if isinstance(parent, Model) else load(parent, "cpu")
    with locked(work), one_thread():
        return _Run(dataset, model, out, work, plan, progress, cancelled, ocr).finetuned()


class _Run:
    """One call of `finetune`: what all its stages share."""

    def __init__(
        self,
        dataset: Dataset,
        parent: Model,
        out: Path,
        work: Path,
        plan: Plan,
        tell: Tell,
        stop: Stop,
        ocr: Ocr | None,
    ) -> None:
        self._dataset, self._parent, self._out, self._plan = dataset, parent, out, plan
        self._tell, self._stop, self._ocr = tell, stop, ocr
        self._stages = Stages(work)
        self._learner = Learner(self._stages, plan.checkpoint_seconds, tell, stop)
        self._data = version_of(dataset)

    def finetuned(self) -> Finetuned:
        """Run or skip every stage, then publish the model."""
        train = encoder_training(self._learner, self._dataset, self._parent, self._plan)
        prepared = self._prepared()
        pairs = read_pairs(prepared.folder)
        sides = split.divide(pairs, {puzzle.id: puzzle.split for puzzle in self._dataset.puzzles})
        trained = train(prepared, pairs, sides)
        others = train_hint_nets(self._learner, self._parent, prepared, pairs, sides, self._plan)
        new = self._calibrated(trained, others, pairs, sides)
        before = self._judged("evaluate-parent", self._parent.path, None, pairs, sides)
        after = self._judged("evaluate", new.folder, trained, pairs, sides)
        made = self._result(new, pairs, sides, before, after)
        courses = {
            name: read_course(one.folder) for name, one in {"train": trained.made, **others}.items()
        }
        _publish(new.folder, self._out, card(self._name, made, self._plan, courses))
        return made

    @property
    def _name(self) -> str:
        return self._plan.name or self._out.name

    def _prepared(self) -> Made:
        inputs = {
            "labelled puzzles": self._data,
            "finder": hash_net(self._parent, "finder"),
            "hint finder": hash_net(self._parent, "hint"),
            "scales": list(SCALES),
        }
        return self._stages.run(
            "prepare",
            prepare.VERSION,
            inputs,
            lambda folder: prepare.prepare(
                self._dataset, self._parent, folder, self._tell, self._stop
            ),
        )

    def _calibrated(
        self, trained: Trained, others: dict[str, Made], pairs: Pairs, sides: Sides
    ) -> Made:
        """The whole model folder, but for its card."""
        ids = [pairs.ids[k] for k in sides.held_back]
        named = {
            "name": self._name,
            "lineage": {
                "parent": self._parent.id,
                "data": self._data,
                "kind": self._plan.kind,
                "epochs": self._plan.length,
                "seed": self._plan.seed,
                "code": VERSIONS,
            },
        }
        inputs = {
            "weights": trained.made.content,
            "others": {name: made.content for name, made in others.items()},
            "tower": trained.features and trained.features.content,
            "config": named,
            "held back": ids,
            "second reader": self._ocr is not None,
        }

        def make(folder: Path) -> None:
            read = {name: read_weights(made.folder) for name, made in others.items()}
            calibration = self._parent.calibration
            write_model(folder, self._parent, trained.encoder, read, named, calibration)
            model = self._loaded(folder, trained, pairs, sides.held_back)
            told = refit.examples(
                chosen(self._dataset, ids), model, self._ocr, self._tell, self._stop
            )
            set_calibration(folder, refit.calibrated(list(told), self._parent.calibration))

        return self._stages.run("calibrate", refit.VERSION, inputs, make)

    def _judged(
        self, stage: str, folder: Path, trained: Trained | None, pairs: Pairs, sides: Sides
    ) -> Judged:
        ids = [pairs.ids[k] for k in sides.test]
        inputs = {
            "model": identify(folder),
            "labelled puzzles": self._data,
            "judged by": ids,
            "second reader": self._ocr is not None,
        }

        def make(place: Path) -> None:
            model = self._loaded(folder, trained, pairs, sides.test)
            with Solver(model, self._ocr, self._plan.threads) as solver:
                judge(chosen(self._dataset, ids), solver, place, self._tell, self._stop)

        return read_judged(self._stages.run(stage, figures.VERSION, inputs, make).folder)

    def _loaded(
        self, folder: Path, trained: Trained | None, pairs: Pairs, puzzles: Collection[int]
    ) -> Model:
        """A model; one whose tower's features are kept takes them from there."""
        model = load(folder, self._parent.device, self._plan.threads)
        return model if trained is None else trained.remembering(model, pairs, puzzles)

    def _result(
        self, new: Made, pairs: Pairs, sides: Sides, before: Judged, after: Judged
    ) -> Finetuned:
        return Finetuned(
            model_id=identify(new.folder),
            path=self._out,
            parent_id=self._parent.id,
            data_version=self._data,
            versions=dict(VERSIONS),
            train=len(sides.train),
            held_back=len(sides.held_back),
            test=len(sides.test),
            left_out=len(pairs.left_out),
            before=before.figures,
            after=after.figures,
            paired=compare(before.outcomes, after.outcomes),
            outcomes=after.outcomes,
            outcomes_before=before.outcomes,
            warnings=tuple(split.doubts(pairs, sides)),
            stages=tuple(self._stages.runs),
        )


def _publish(made: Path, out: Path, words: str) -> None:
    """Copy a whole model to where it is wanted, all at once."""
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(made, part, ignore=shutil.ignore_patterns("stage.json"))
    (part / CARD).write_text(words, encoding="utf-8")
    part.replace(out)
