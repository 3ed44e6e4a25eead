"""The digit classifier."""

from __future__ import annotations

from torch import Tensor, nn

from solver.nets.blocks import ConvBlock, standardise

#: Digits 1 to 5.
CLASSES = 5


class DigitNet(nn.Module):
    """Reads one digit from a grey crop, whatever its polarity."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            ConvBlock(1, width),
            ConvBlock(width, width, stride=2),
            ConvBlock(width, 2 * width),
            ConvBlock(2 * width, 2 * width, stride=2),
            ConvBlock(2 * width, 3 * width),
            ConvBlock(3 * width, 3 * width, stride=2),
        )
        self.classify = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.2), nn.Linear(3 * width * 25, CLASSES)
        )

    def forward(self, crops: Tensor) -> Tensor:
        """Map (N, 1, 40, 40) float32 in 0..255 to logits (N, 5)."""
        logits: Tensor = self.classify(self.layers(standardise(crops)))
        return logits
