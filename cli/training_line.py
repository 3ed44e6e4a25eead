"""How far a training is, in one line."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import click

#: What is told beside stage and count, where it is known.
SHOWN = {"epoch": "epoch {}", "loss": "loss {:.4f}", "validation_auc": "validation ROC-AUC {:.4f}"}


def words(told: Mapping[str, Any]) -> str:
    """What a training told, in a few words; the names are those of its progress."""
    text = f"{told['stage']} {told['done']}/{told['total']}"
    for name, form in SHOWN.items():
        # A job of an older version told less.
        if told.get(name) is not None:
            text += f", {form.format(told[name])}"
    return text


class Line:
    """One line on standard error that is written anew again and again, on a terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.write("")

    def write(self, text: str) -> None:
        """Put this in the place of what the line says."""
        if self._shown:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
