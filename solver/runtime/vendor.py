"""Importing OpenVINO."""

from __future__ import annotations

import sys
from typing import Any


def openvino() -> Any:
    """The module `openvino`, made to keep to itself.

    Raises:
        ImportError: it is not installed.
    """
    # Every import of it is reported to its makers, unless their package for that is missing.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino
