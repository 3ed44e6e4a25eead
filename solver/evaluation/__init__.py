"""Scores answers against labels, and finds labels that are likely wrong."""

from solver.evaluation.attribution import Examine
from solver.evaluation.audit import Audit
from solver.evaluation.checks import Check, checks
from solver.evaluation.evaluate import Solver, evaluate, solve
from solver.evaluation.label import answer_of
from solver.evaluation.outcome import Outcome, outcome_from_json, outcome_to_json
from solver.evaluation.score import failed, score
from solver.evaluation.summary import Summary, Tally, summarise
from solver.evaluation.suspects import Suspect, suspects

__all__ = [
    "Audit",
    "Check",
    "Examine",
    "Outcome",
    "Solver",
    "Summary",
    "Suspect",
    "Tally",
    "answer_of",
    "checks",
    "evaluate",
    "failed",
    "outcome_from_json",
    "outcome_to_json",
    "score",
    "solve",
    "summarise",
    "suspects",
]
