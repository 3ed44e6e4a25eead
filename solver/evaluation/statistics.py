"""The figures of a score: an interval for a share, a ranking, a calibration."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

#: Half the width of a 95% interval, in standard deviations of a normal distribution.
Z95 = 1.959963984540054
#: Bins of equal width that confidences are sorted into.
CALIBRATION_BINS = 15
#: Shares of false alarms at which ROC curves are kept: close together where they are bent.
_RARE = (0.0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
FALSE_ALARMS = (*_RARE, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in [low, high): how many, how sure, how right on average."""

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class RocPoint:
    """The share of positives found at the threshold that lets this share of negatives pass."""

    false: float
    true: float


def wilson(correct: int, total: int) -> tuple[float, float] | None:
    """The 95% score interval for a share (Wilson 1927), None where there is nothing."""
    if total == 0:
        return None
    share, bend = correct / total, Z95**2 / total
    middle = (share + bend / 2) / (1 + bend)
    half = Z95 / (1 + bend) * math.sqrt(share * (1 - share) / total + bend / (4 * total))
    low = 0.0 if correct == 0 else max(0.0, middle - half)
    return low, 1.0 if correct == total else min(1.0, middle + half)


def roc_auc(positives: ArrayLike, negatives: ArrayLike) -> float | None:
    """The share of (positive, negative) pairs in the right order, ties counting half.

    The Mann-Whitney statistic over all pairs, (P,) against (N,); None when either is empty.
    """
    high = np.asarray(positives, np.float64)
    low = np.sort(np.asarray(negatives, np.float64))
    if not len(high) or not len(low):
        return None
    below = np.searchsorted(low, high, side="left").sum(dtype=np.float64)
    not_above = np.searchsorted(low, high, side="right").sum(dtype=np.float64)
    return float((below + not_above) / 2 / len(high) / len(low))


def roc_curve(positives: ArrayLike, negatives: ArrayLike) -> tuple[RocPoint, ...]:
    """The ROC curve at the `FALSE_ALARMS`, so that curves share their x; empty when either is.

    Positives (P,) count as found above the strictest threshold that at most this share of the
    negatives (N,) passes; ties do not pass.
    """
    high = np.sort(np.asarray(positives, np.float64))
    low = np.sort(np.asarray(negatives, np.float64))
    if not len(high) or not len(low):
        return ()
    passing = np.floor(np.array(FALSE_ALARMS) * len(low) + 1e-9).astype(int)
    thresholds = np.append(-np.inf, low)[len(low) - passing]
    found = len(high) - np.searchsorted(high, thresholds, side="right")
    return tuple(
        RocPoint(false, float(count / len(high)))
        for false, count in zip(FALSE_ALARMS, found, strict=True)
    )


def calibration(confidences: ArrayLike, correct: ArrayLike) -> tuple[Bin, ...]:
    """Answers sorted into bins of equal width by confidence; a confidence of 1 is in the last."""
    sure = np.asarray(confidences, np.float64)
    right = np.asarray(correct, np.float64)
    place = np.clip((sure * CALIBRATION_BINS).astype(int), 0, CALIBRATION_BINS - 1)
    return tuple(
        _bin(number, sure[place == number], right[place == number])
        for number in range(CALIBRATION_BINS)
    )


def _bin(number: int, sure: "np.ndarray", right: "np.ndarray") -> Bin:
    edges = number / CALIBRATION_BINS, (number + 1) / CALIBRATION_BINS
    if not len(sure):
        return Bin(*edges, 0, None, None)
    return Bin(*edges, len(sure), float(sure.mean()), float(right.mean()))


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error: the gap of each bin, weighted by how many are in it."""
    total = sum(one.count for one in bins)
    if not total:
        return None
    gaps = (
        one.count * abs(one.confidence - one.accuracy)
        for one in bins
        if one.confidence is not None and one.accuracy is not None
    )
    return sum(gaps) / total
