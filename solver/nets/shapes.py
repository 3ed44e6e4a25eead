"""Shapes on which nets and stages agree; light, for who only runs them."""

from __future__ import annotations

#: Pixels of a picture per cell of a finder's output.
STRIDE = 4

#: Side of the square grey crop that the digit classifier reads.
DIGIT_SIDE = 40

#: Side of the square crop that the encoders take.
CROP = 64
