"""The card of a trained model: from what, on what, how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.finetune.cache import StageRun
from solver.finetune.figures import Figures
from solver.finetune.loop import Epoch
from solver.finetune.plan import Plan
from solver.finetune.result import Finetuned

#: What the card calls each figure, with the names of its value and of its interval.
ROWS = (
    ("end-to-end accuracy", "accuracy", "accuracy_interval"),
    ("digit read right", "digit_accuracy", None),
    ("match ROC-AUC", "match_roc_auc", "match_roc_auc_interval"),
    ("right icon in the tile", "match_top1", "match_top1_interval"),
    ("expected calibration error", "calibration_error", None),
)

#: What is trained by each kind.
KINDS = {
    "head": "The linear head on a frozen CLIP tower",
    "full": "The polar encoder in all its weights",
}


#: What each training is validated by, by the name of its stage.
VALIDATION = {
    "train": "validation ROC-AUC",
    "digit": "log likelihood of the right digits",
    "hint": "validation loss, negative",
}

#: What is trained beside the encoder, by the name of its stage.
OTHERS = {"digit": "the digit reader", "hint": "the hint finder"}


def card(name: str, made: Finetuned, plan: Plan, courses: Mapping[str, Sequence[Epoch]]) -> str:
    """The card in Markdown; `courses` by the names of the stages that learnt."""
    others = " and ".join(words for stage, words in OTHERS.items() if stage in courses)
    trained = (
        f"{KINDS[plan.kind]}, trained from {made.parent_id} for {plan.length} epochs with seed "
        f"{plan.seed}; the weights are those of the epoch that validated best, the start among "
        "them. "
        + (f"Trained beside it: {others}. " if others else "")
        + "Calibration is refitted on the held-back puzzles."
    )
    data = (
        f"Labelled dataset {made.data_version[:12]}: {made.train} puzzles trained on, "
        f"{made.held_back} held back for validation and calibration, {made.test} judged by, "
        f"{made.left_out} left out. No puzzle and no icon drawing is on two sides."
    )
    lines = [f"# {name}", "", trained, "", data, "", *_figures(made.before, made.after), ""]
    lines += [f"Warning: {warning}" for warning in made.warnings]
    for stage, course in courses.items():
        lines += ["", *_course(course, stage)]
    lines += ["", *_stages(made.stages), ""]
    return "\n".join(lines)


def _figures(before: Figures, after: Figures) -> Iterator[str]:
    yield f"Figures on the {after.scored} puzzles judged by, 95% intervals in brackets:"
    yield ""
    yield f"| | {before.model} | this model |"
    yield "| --- | ---: | ---: |"
    for words, value, interval in ROWS:
        cells = (_cell(getattr(f, value), f, interval) for f in (before, after))
        yield f"| {words} | {' | '.join(cells)} |"


def _cell(value: float | None, figures: Figures, interval: str | None) -> str:
    if value is None:
        return "–"
    ends = getattr(figures, interval) if interval else None
    return f"{value:.4f}" + (f" [{ends[0]:.4f}, {ends[1]:.4f}]" if ends else "")


def _course(course: Sequence[Epoch], stage: str) -> Iterator[str]:
    yield f"| {stage}: epoch | loss | {VALIDATION[stage]} |"
    yield "| ---: | ---: | ---: |"
    for epoch in course:
        loss = "–" if epoch.loss is None else f"{epoch.loss:.4f}"
        yield f"| {epoch.number} | {loss} | {epoch.validation:.5f} |"


def _stages(stages: Sequence[StageRun]) -> Iterator[str]:
    yield "Stages:"
    yield ""
    for stage in stages:
        yield f"- {stage.name} {'ran' if stage.ran else 'was skipped'}: {stage.why}"
