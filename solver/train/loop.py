"""What the training of every net shares: optimiser, schedule, precision, progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

#: Share of the steps over which the learning rate rises to its peak.
WARM_UP = 0.06

#: Steps between two lines of progress.
REPORT_EVERY = 100

#: Computes the loss of one step from its number.
Step = Callable[[int], Tensor]


def train(net: nn.Module, step: Step, steps: int, peak_rate: float, name: str) -> float:
    """Minimise the loss that `step` computes; returns its mean over the last tenth of the steps.

    AdamW under a one-cycle schedule (Smith and Topin, 2018); gradients are clipped.
    """
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak_rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, peak_rate, total_steps=max(steps, 2), pct_start=WARM_UP, final_div_factor=100
    )
    net.train()
    losses: list[float] = []
    started = time.monotonic()
    for number in range(steps):
        loss = step(number)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        losses.append(float(loss.detach()))
        _report(name, number + 1, steps, losses, started)
    net.eval()
    last = losses[-max(1, steps // 10) :]
    return sum(last) / len(last)


@contextmanager
def half_precision() -> Iterator[None]:
    """Run the forward pass in bfloat16: twice as fast where the processor has it."""
    with torch.autocast("cpu", torch.bfloat16):
        yield


def _report(name: str, done: int, steps: int, losses: list[float], started: float) -> None:
    if done % REPORT_EVERY == 0 or done == steps:
        recent = losses[-REPORT_EVERY:]
        loss = sum(recent) / len(recent)
        seconds = time.monotonic() - started
        sys.stderr.write(f"{name}: step {done} of {steps}, loss {loss:.4f}, {seconds:.0f} s\n")
