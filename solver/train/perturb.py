"""Pictures made worse on purpose, to see that answers fail gently and never off a cliff.

python -m solver.train.perturb --count 40
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from solver import load_solver, picture
from solver.generate import Drawn
from solver.picture import Picture
from solver.train.report import draw_held_out, measure

Perturb = Callable[[Picture], Picture]


def _noisy(shown: Picture, sigma: float) -> Picture:
    noise = np.random.default_rng(5).normal(0, sigma, shown.shape)
    return np.clip(shown + noise, 0, 255).astype(np.uint8)


def _blurred(shown: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(shown, (0, 0), sigma), np.uint8)


def _scaled(shown: Picture, factor: float) -> Picture:
    size = (round(shown.shape[1] * factor), round(shown.shape[0] * factor))
    return np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grey(shown: Picture) -> Picture:
    return np.repeat(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)


def _compressed(shown: Picture, quality: int) -> Picture:
    _, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


#: Every perturbation by its name.
PERTURBATIONS: Mapping[str, Perturb] = {
    "none": lambda shown: shown,
    "grey": _grey,
    "inverted": lambda shown: 255 - shown,
    "brightness 0.35": lambda shown: (shown * 0.35).astype(np.uint8),
    "jpeg q30": lambda shown: _compressed(shown, 30),
    "scaled 0.6": lambda shown: _scaled(shown, 0.6),
    "scaled 1.7": lambda shown: _scaled(shown, 1.7),
    "blur 1.0": lambda shown: _blurred(shown, 1.0),
    "blur 1.5": lambda shown: _blurred(shown, 1.5),
    "noise 10": lambda shown: _noisy(shown, 10),
    "noise 20": lambda shown: _noisy(shown, 20),
    "noise 30": lambda shown: _noisy(shown, 30),
}


def perturbed(drawn: Drawn, perturb: Perturb) -> Drawn:
    """The puzzle with its picture perturbed; the truth's boxes hold for its new size."""
    shown = perturb(picture.decode(drawn.data))
    truth = replace(drawn.truth, width=shown.shape[1], height=shown.shape[0])
    return replace(drawn, picture=shown, data=picture.encode(shown), truth=truth)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of every perturbation as one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a model folder; by default the one that ships")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--difficulty", default="medium")
    given = parser.parse_args(arguments)
    puzzles = list(draw_held_out(given.count, given.difficulty))
    with load_solver(given.model, threads=1) as solver:
        for name, perturb in PERTURBATIONS.items():
            figures = measure(solver, [perturbed(drawn, perturb) for drawn in puzzles])
            kept = ("accuracy", "digit", "recall", "rank", "icon in tile")
            line = {"perturbation": name, **{key: figures.get(key) for key in kept}}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
