"""Filled SVG paths as masks: enough of SVG for icon files, which hold paths and a view box."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from solver.generate.arrays import Mask

#: Straight pieces that one curve is cut into.
_PIECES = 8
#: Sub-pixel bits of the polygon filler.
_SHIFT = 4


class _Outline(BasePen):  # type: ignore[misc]
    """Collects contours as lists of points, curves flattened."""

    def __init__(self) -> None:
        super().__init__(None)
        self.contours: list[list[tuple[float, float]]] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.contours.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(pt)

    def _curveToOne(  # noqa: N802
        self, p1: tuple[float, float], p2: tuple[float, float], p3: tuple[float, float]
    ) -> None:
        x0, y0 = self.contours[-1][-1]
        for step in range(1, _PIECES + 1):
            t = step / _PIECES
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            self.contours[-1].append(
                (
                    a * x0 + b * p1[0] + c * p2[0] + d * p3[0],
                    a * y0 + b * p1[1] + c * p2[1] + d * p3[1],
                )
            )


def mask(path: Path, side: int) -> Mask:
    """Fill the paths of an SVG file: (side, side) uint8 coverage, 255 inside."""
    text = path.read_text(encoding="utf-8")
    box = re.search(r'viewBox="([^"]+)"', text)
    left, top, width, height = (float(v) for v in box.group(1).split()) if box else (0, 0, 256, 256)
    # The filler only smooths lines, so it draws at twice the size.
    scale = 2 * side / max(width, height)
    canvas = np.zeros((2 * side, 2 * side), np.uint8)
    for data in re.findall(r'<path[^>]*\sd="([^"]+)"', text):
        pen = _Outline()
        parse_path(data, pen)
        polygons = [
            np.round((np.array(c) - (left, top)) * scale * (1 << _SHIFT)).astype(np.int32)
            for c in pen.contours
        ]
        layer = np.zeros_like(canvas)
        cv2.fillPoly(layer, polygons, (255,), cv2.LINE_AA, _SHIFT)
        canvas = np.maximum(canvas, layer)
    return cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)
