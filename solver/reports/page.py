"""Puts a report together: figures, charts and pictures, written into one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from solver.dataset import Dataset
from solver.evaluation import Outcome, Summary
from solver.evaluation.paired import compare
from solver.reports import diagrams, figures
from solver.reports.card import Card
from solver.reports.gallery import UNSURE, Gallery, Shelf, shelves
from solver.reports.notes import Notes
from solver.solution import Json

#: Models that a report holds side by side, at most.
MODELS = 2
#: Suspected labels that are listed, at most.
SUSPECTS = 200


@dataclass(frozen=True, slots=True)
class Run:
    """One model's evaluation: figures, puzzle by puzzle, what was noted besides, and its card."""

    summary: Summary
    outcomes: Sequence[Outcome]
    notes: Notes
    card: Card | None = None


def write_report(path: Path, dataset: Dataset, runs: Sequence[Run]) -> None:
    """Write the report of one model, or of two side by side; OSError where that fails."""
    path.write_text(render(dataset, runs), encoding="utf-8", errors="replace")


def render(dataset: Dataset, runs: Sequence[Run]) -> str:
    """The same as text. Every word that comes from the data is escaped: by the template, and
    within charts and drawings by these themselves.

    Raises:
        ValueError: there is no run, or more than two.
    """
    if not 1 <= len(runs) <= MODELS:
        raise ValueError(f"a report holds 1 or {MODELS} models, not {len(runs)}")
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    summaries = [run.summary for run in runs]
    return pages.get_template("page.html").render(
        name=dataset.root.resolve().name if dataset.root else "a dataset",
        models=[summary.model for summary in summaries],
        first=summaries[0],
        headline=figures.headline(summaries),
        stages=list(figures.stages(summaries)),
        calibration_errors=[figures.figure(summary.calibration_error) for summary in summaries],
        problems=list(figures.problems(dataset.problems)),
        cards=[run.card for run in runs],
        paired=_paired(runs),
        unsure=_unsure(summaries[-1]),
        **_charts(summaries),
        **_suspects(runs[-1].notes),
        shelves=_shelves(dataset, runs),
    )


def _paired(runs: Sequence[Run]) -> Json | None:
    """The four counts of two models on the same puzzles, and the p-value of their difference."""
    if len(runs) < MODELS:
        return None
    first, second = (run.outcomes for run in runs)
    pair = compare(first, second)
    after = {outcome.task: outcome for outcome in second}
    right = sum(bool(one.correct and after[one.task].correct) for one in first)
    wrong = pair.both - right - pair.gained - pair.lost
    return {"right": right, "wrong": wrong, "gained": pair.gained, "lost": pair.lost, "p": pair.p}


def _charts(summaries: Sequence[Summary]) -> Json:
    return {
        "lost": diagrams.lost(summaries),
        "reliability": diagrams.reliability(summaries),
        "risk": diagrams.coverage_risk(summaries),
        "roc": diagrams.match_roc(summaries),
        "slices": list(diagrams.slices(summaries)),
        "digits": [diagrams.confusions(summary, "digit") for summary in summaries],
        "orbits": [diagrams.confusions(summary, "orbit") for summary in summaries],
    }


def _suspects(notes: Notes) -> Json:
    found = notes.suspects()
    return {"suspects": found[:SUSPECTS], "more_suspects": max(0, len(found) - SUSPECTS)}


def _shelves(dataset: Dataset, runs: Sequence[Run]) -> list[Shelf]:
    gallery = Gallery(dataset, [run.notes for run in runs])
    return shelves(gallery, [run.outcomes for run in runs], _unsure(runs[-1].summary))


def _unsure(summary: Summary) -> float:
    return summary.threshold.confidence if summary.threshold else UNSURE
