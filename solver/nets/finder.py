"""A fully convolutional net that marks small things in a 200 x 200 picture."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from solver.nets.blocks import ConvBlock, DilatedResidual, standardise

#: Dilations of the coarse trunk: together they see across the whole picture.
DILATIONS = (1, 2, 4, 8, 1, 2, 4)


class Finder(nn.Module):
    """Dense predictions at stride 4 from a trunk at stride 8 that sees the whole picture.

    Args:
        outputs: number of output maps.
        width: channels at stride 4; the trunk has twice as many.
    """

    def __init__(self, outputs: int, width: int = 40) -> None:
        super().__init__()
        self.stem = ConvBlock(3, width // 2, kernel=5, stride=2)
        self.fine = nn.Sequential(ConvBlock(width // 2, width, stride=2), ConvBlock(width, width))
        self.down = ConvBlock(width, 2 * width, stride=2)
        self.trunk = nn.Sequential(*(DilatedResidual(2 * width, d) for d in DILATIONS))
        self.up = ConvBlock(2 * width, width, kernel=1)
        self.join = ConvBlock(width, width)
        self.head = nn.Conv2d(width, outputs, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Map (N, 3, H, W) float32 in 0..255 to raw maps (N, outputs, H / 4, W / 4)."""
        fine = self.fine(self.stem(standardise(pictures)))
        coarse = self.up(self.trunk(self.down(fine)))
        wide = functional.interpolate(coarse, size=fine.shape[-2:], mode="nearest")
        maps: Tensor = self.head(self.join(fine + wide))
        return maps
