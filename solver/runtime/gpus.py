"""The GPUs of this machine, without torch: how many there are, and which are this process's."""

from __future__ import annotations

import ctypes
import os

#: What tells CUDA which GPUs a process may use, by number or name with commas between.
VISIBLE = "CUDA_VISIBLE_DEVICES"

#: Settings of a device that leave open which GPU it is.
SHARED = ("auto", "cuda")


def visible() -> list[str]:
    """The GPUs that this process may use."""
    chosen = os.environ.get(VISIBLE)
    if chosen is None:
        return [str(number) for number in range(_count())]
    return [name for name in chosen.split(",") if name.strip()] if _count() else []


def take(number: int) -> None:
    """Leave this process one GPU, by turns of its number; only before it uses any.

    Of several processes of a machine each gets one of its own, while there are enough.
    """
    names = visible()
    if names:
        os.environ[VISIBLE] = names[number % len(names)]


def _count() -> int:
    """How many NVIDIA's driver knows: torch takes a second to import, and need not be asked."""
    try:
        driver = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return 0
    count = ctypes.c_uint()
    if driver.nvmlInit_v2() or driver.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        return 0
    return count.value
