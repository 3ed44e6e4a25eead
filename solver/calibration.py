"""From scores to probabilities: a handful of numbers, fitted once on held-out puzzles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solver.decision import FLOOR, decide
from solver.errors import ModelError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Parameters that turn what the stages say into probabilities.

    The log-odds of a planet being the icon asked for, against the icon not being among the
    planets found, are `match_slope * similarity + score_slope * score + match_intercept`.
    Digit probabilities are taken to the power `1 / digit_temperature`. The confidence of an
    answer is the logistic of `confidence_slope * logit(certainty) + confidence_intercept`.
    """

    match_slope: float = 14.0
    score_slope: float = 1.0
    match_intercept: float = -8.0
    digit_temperature: float = 1.0
    confidence_slope: float = 1.0
    confidence_intercept: float = 0.0

    def match_log_odds(self, similarities: ArrayLike, scores: ArrayLike) -> Array:
        """Log-odds of each planet being the icon asked for: (N,), (N,) -> (N,)."""
        similarity = np.asarray(similarities, np.float64)
        score = np.asarray(scores, np.float64)
        return self.match_slope * similarity + self.score_slope * score + self.match_intercept

    def digit_log_probabilities(self, probabilities: ArrayLike) -> Array:
        """Log of the tempered digit probabilities: (..., 5) -> (..., 5), each row sums to 1."""
        logits = np.log(np.clip(np.asarray(probabilities, np.float64), FLOOR, None))
        return _log_softmax(logits / self.digit_temperature)

    def confidence(self, certainty: ArrayLike) -> Array:
        """Probability that an answer is right from its certainty in 0..1: (N,) -> (N,)."""
        odds = self.confidence_slope * _logit(certainty) + self.confidence_intercept
        return 1 / (1 + np.exp(-odds))

    def to_json(self) -> dict[str, float]:
        """The parameters by name."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, object]) -> Calibration:
        """The calibration of a model's configuration; absent parameters keep their defaults.

        Raises ModelError when a name is unknown or a value cannot be used.
        """
        known = {field.name for field in fields(Calibration)}
        numbers = {name: _number(name, value, known) for name, value in values.items()}
        return Calibration(**numbers)


@dataclass(frozen=True, slots=True)
class Example:
    """What the decision was given for one puzzle, and what is true of it.

    As for `decide`; `digit` and `tile` count from 1, and `matches` tells for each of the five
    tiles which of its planets carry the icon asked for, (N,) of bool.
    """

    digit_probabilities: ArrayLike
    ranks: Sequence[ArrayLike]
    similarities: Sequence[ArrayLike]
    scores: Sequence[ArrayLike]
    digit: int
    tile: int
    matches: Sequence[ArrayLike]


def fit(examples: Sequence[Example]) -> Calibration:
    """The calibration under which what is true of puzzles was most probable.

    The puzzles should be ones that the nets were not trained on. Without examples, or where they
    tell nothing, parameters stay near their defaults.
    """
    if not examples:
        return Calibration()
    return _with_confidence(_with_digits(_with_match(Calibration(), examples), examples), examples)


def _with_match(start: Calibration, examples: Sequence[Example]) -> Calibration:
    """The conditional logit of the icon's place in its tile, 'not found' being one of them."""
    similarity = _padded([row for example in examples for row in example.similarities])
    score = _padded([row for example in examples for row in example.scores], similarity.shape[1])
    match = _padded([row for example in examples for row in example.matches], similarity.shape[1])
    present = np.isfinite(similarity)
    similarity, score = np.where(present, similarity, 0.0), np.where(present, score, 0.0)
    asked = np.concatenate([match > 0, ~(match > 0).any(axis=1, keepdims=True)], axis=1)
    initial = np.array([start.match_slope, start.score_slope, start.match_intercept])

    def loss(values: Array) -> float:
        odds = values[0] * similarity + values[1] * score + values[2]
        logits = np.pad(np.where(present, odds, -np.inf), ((0, 0), (0, 1)))
        chosen = np.where(asked, _log_softmax(logits), -np.inf)
        surprise = -np.logaddexp.reduce(chosen, axis=1).sum()
        return float(surprise + 0.001 * ((values - initial) ** 2).sum())

    slope, by_score, intercept = _minimum(loss, initial)
    return replace(
        start,
        match_slope=max(float(slope), 0.0),
        score_slope=max(float(by_score), 0.0),
        match_intercept=float(intercept),
    )


def _with_digits(start: Calibration, examples: Sequence[Example]) -> Calibration:
    """One temperature for the digits; a weak prior holds it near 1."""
    probabilities = np.stack([np.asarray(example.digit_probabilities) for example in examples])
    digits = np.array([example.digit for example in examples])

    def loss(values: Array) -> float:
        tempered = replace(start, digit_temperature=float(np.exp(values[0])))
        logs = tempered.digit_log_probabilities(probabilities)
        return float(-logs[np.arange(len(digits)), digits - 1].sum() + 0.5 * values[0] ** 2)

    temperature = float(np.exp(_minimum(loss, np.zeros(1))[0]))
    return replace(start, digit_temperature=float(np.clip(temperature, 0.5, 10.0)))


def _with_confidence(start: Calibration, examples: Sequence[Example]) -> Calibration:
    """A logistic from certainty to being right; its slope stays positive.

    Targets are drawn in from 0 and 1 as in Platt (1999), so that a model without a mistake
    among the examples does not become sure of everything.
    """
    answers = [_answered(start, example) for example in examples]
    odds = _logit(np.array([certainty for certainty, _ in answers]))
    right = np.array([correct for _, correct in answers], np.bool_)
    wins = int(right.sum())
    target = np.where(right, (wins + 1) / (wins + 2), 1 / (len(right) - wins + 2))

    def loss(values: Array) -> float:
        logits = np.exp(values[0]) * odds + values[1]
        cross = np.logaddexp(0, logits) - target * logits
        return float(cross.sum() + 0.5 * (values**2).sum())

    slope, intercept = _minimum(loss, np.zeros(2))
    return replace(
        start, confidence_slope=float(np.exp(slope)), confidence_intercept=float(intercept)
    )


def _answered(calibration: Calibration, example: Example) -> tuple[float, bool]:
    """How certain the decision is of an example, and whether it is right."""
    decision = decide(
        example.digit_probabilities,
        example.ranks,
        example.similarities,
        example.scores,
        calibration,
    )
    if decision.planet is None:
        return decision.certainty, False
    match = bool(np.asarray(example.matches[decision.tile - 1])[decision.planet])
    return decision.certainty, match and decision.tile == example.tile


def _minimum(loss: Callable[[Array], float], start: Array) -> Array:
    from scipy.optimize import minimize  # half a second, and only who fits needs it

    return np.asarray(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 2000}).x)


def _padded(rows: Sequence[ArrayLike], width: int = 0) -> Array:
    """Rows of different lengths as one array, the rest minus infinity."""
    width = max([width, *(len(np.asarray(row)) for row in rows)])
    padded = np.full((len(rows), width), -np.inf)
    for index, row in enumerate(rows):
        values = np.asarray(row, np.float64).ravel()
        padded[index, : len(values)] = values
    return padded


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _logit(probability: ArrayLike) -> Array:
    inner = np.clip(np.asarray(probability, np.float64), FLOOR, 1 - FLOOR)
    return np.asarray(np.log(inner) - np.log1p(-inner))


def _number(name: str, value: object, known: set[str]) -> float:
    if name not in known:
        raise ModelError(
            f"the calibration has an unknown parameter {name!r}; known are {sorted(known)}"
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ModelError(f"calibration parameter {name!r} must be a finite number, not {value!r}")
    if name == "digit_temperature" and value <= 0:
        raise ModelError(f"calibration parameter {name!r} must be positive, not {value!r}")
    return float(value)
