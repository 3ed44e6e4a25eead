"""Scores answers against labels, and finds labels that are likely wrong."""

from solver.evaluation.evaluate import Solver, evaluate, solve
from solver.evaluation.outcome import Outcome, outcome_from_json, outcome_to_json
from solver.evaluation.score import answer_of, score
from solver.evaluation.summary import Summary, Tally, summarise
from solver.evaluation.suspects import Suspect, suspects

__all__ = [
    "Outcome",
    "Solver",
    "Summary",
    "Suspect",
    "Tally",
    "answer_of",
    "evaluate",
    "outcome_from_json",
    "outcome_to_json",
    "score",
    "solve",
    "summarise",
    "suspects",
]
