"""From scores to probabilities: a handful of numbers, fitted once on held-out puzzles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from solver.errors import ModelError

Array = NDArray[np.float64]

#: Probabilities are kept this far from 0 and 1 before a logarithm is taken.
FLOOR = 1e-9


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


def fit_calibration(
    similarities: Sequence[ArrayLike],
    scores: Sequence[ArrayLike],
    targets: Sequence[int],
    digit_probabilities: ArrayLike,
    digits: ArrayLike,
) -> Calibration:
    """Fits everything but the confidence to puzzles that the nets were not trained on.

    `similarities` and `scores` hold one array (N_i,) a tile, with the position of the icon asked
    for among them in `targets`, or -1 where it was not found. `digit_probabilities` (M, 5) are
    uncalibrated, with the digits 1 to 5 that were true in `digits` (M,). Either part may be
    empty; its parameters then keep their defaults.
    """
    found = Calibration()
    if len(targets):
        found = _with_match(found, similarities, scores, targets)
    truth = np.asarray(digits, np.int64).ravel()
    if len(truth):
        found = _with_digits(found, np.asarray(digit_probabilities, np.float64), truth)
    return found


def fit_confidence(
    calibration: Calibration, certainty: ArrayLike, correct: ArrayLike
) -> Calibration:
    """The calibration with its confidence fitted to answers (M,) that were right or wrong.

    `certainty` is what `decide` says of each answer. Targets are drawn in from 0 and 1 as Platt
    (1999) has it, and the slope stays positive, so that the order of answers is kept.
    """
    right = np.asarray(correct, np.bool_).ravel()
    odds = _logit(np.asarray(certainty, np.float64).ravel())
    if not len(right):
        return calibration
    wins = int(right.sum())
    high, low = (wins + 1) / (wins + 2), 1 / (len(right) - wins + 2)
    target = np.where(right, high, low)

    def loss(values: Array) -> float:
        logits = np.exp(values[0]) * odds + values[1]
        cross = np.logaddexp(0, logits) - target * logits
        return float(cross.sum() + 0.5 * (values**2).sum())

    slope, intercept = _minimum(loss, np.zeros(2))
    return replace(
        calibration,
        confidence_slope=float(np.exp(slope)),
        confidence_intercept=float(intercept),
    )


def _with_match(
    start: Calibration,
    similarities: Sequence[ArrayLike],
    scores: Sequence[ArrayLike],
    targets: Sequence[int],
) -> Calibration:
    """The conditional logit of the icon's place in its tile, 'not found' being one of them."""
    width = max(len(np.asarray(tile)) for tile in similarities)
    similarity, score = _padded(similarities, width), _padded(scores, width)
    present = np.isfinite(similarity)
    similarity, score = np.where(present, similarity, 0.0), np.where(present, score, 0.0)
    index = np.where(np.asarray(targets) < 0, width, np.asarray(targets))
    initial = np.array([start.match_slope, start.score_slope, start.match_intercept])

    def loss(values: Array) -> float:
        odds = values[0] * similarity + values[1] * score + values[2]
        odds = np.where(present, odds, -np.inf)
        logits = np.concatenate([odds, np.zeros((len(odds), 1))], axis=1)
        chosen = _log_softmax(logits)[np.arange(len(index)), index]
        return float(-chosen.sum() + 0.001 * ((values - initial) ** 2).sum())

    slope, by_score, intercept = _minimum(loss, initial)
    return replace(
        start,
        match_slope=max(float(slope), 0.0),
        score_slope=max(float(by_score), 0.0),
        match_intercept=float(intercept),
    )


def _with_digits(
    start: Calibration, probabilities: Array, digits: NDArray[np.int64]
) -> Calibration:
    rows = np.arange(len(digits))

    def loss(values: Array) -> float:
        tempered = replace(start, digit_temperature=float(np.exp(values[0])))
        logs = tempered.digit_log_probabilities(probabilities)
        return float(-logs[rows, digits - 1].sum() + 0.5 * values[0] ** 2)

    temperature = float(np.exp(_minimum(loss, np.zeros(1))[0]))
    return replace(start, digit_temperature=float(np.clip(temperature, 0.5, 10.0)))


def _minimum(loss: Callable[[Array], float], start: Array) -> Array:
    return np.asarray(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 2000}).x)


def _padded(rows: Sequence[ArrayLike], width: int) -> Array:
    """Rows of different lengths as one array, the rest infinite."""
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
