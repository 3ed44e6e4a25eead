"""One net for many threads: what they ask for at the same time goes through a device together."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.errors import DeviceError
from solver.runtime import Net
from solver.runtime.parts import in_parts

log = logging.getLogger(__name__)

Inputs: TypeAlias = tuple[NDArray[Any], ...]
Outputs: TypeAlias = tuple[Floats, ...]


class BatchedNet:
    """A `Net` over another one, whose device is used by one thread at a time.

    Nobody waits for a batch to fill: who finds the device free takes along what others asked for
    while it was busy. The net always gets `size` inputs, filled up with zeros, so that each one is
    computed in the same way whatever comes with it. Where memory lacks, `size` is halved for good.
    """

    def __init__(self, net: Net, size: int) -> None:
        self.size = size
        self._net = net
        self._device = Lock()
        self._waiting: deque[tuple[Inputs, Future[Outputs]]] = deque()

    def __call__(self, *inputs: NDArray[Any]) -> Outputs:
        """Apply the net; DeviceError where memory lacks for a single input."""
        answer: Future[Outputs] = Future()
        self._waiting.append((inputs, answer))
        with self._device:
            if not answer.done():
                self._serve([self._waiting.popleft() for _ in range(len(self._waiting))])
        return answer.result()

    def _serve(self, asked: list[tuple[Inputs, Future[Outputs]]]) -> None:
        """Give all that is asked for its answer, or the error that kept it from one."""
        ends = np.cumsum([len(inputs[0]) for inputs, _ in asked])[:-1]
        try:
            joined = [np.concatenate(each) for each in zip(*(it for it, _ in asked), strict=True)]
            outputs = [np.split(each, ends) for each in self._all(joined)]
        except Exception as error:
            for _, answer in asked:
                answer.set_exception(error)
            return
        for (_, answer), *parts in zip(asked, *outputs, strict=True):
            answer.set_result(tuple(parts))

    def _all(self, inputs: Sequence[NDArray[Any]]) -> Outputs:
        """Outputs for all inputs, in parts that memory has room for."""
        while True:
            try:
                return in_parts(self._net, inputs, self.size)
            except torch.OutOfMemoryError as error:
                reason = str(error).partition(". ")[0]
            self._halve(reason)

    def _halve(self, reason: str) -> None:
        if self.size == 1:
            raise DeviceError(
                f"The device has no room for one picture at a time ({reason}). "
                "End what else uses it, or set ORRERY_DEVICE=cpu."
            )
        self.size //= 2
        log.warning("the device lacks memory, it gets %d at a time: %s", self.size, reason)
        torch.cuda.empty_cache()
