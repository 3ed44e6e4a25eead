"""The columns of a progress bar: how far, how fast, how long still."""

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text


class RateColumn(ProgressColumn):
    """How many are done in a second, or in a minute where that is less than one."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        """The rate of what was done last, nothing before any is known."""
        return Text(rate(task.finished_speed or task.speed, self.unit), style="progress.data.speed")


def rate(speed: float | None, unit: str) -> str:
    """A speed, a second, in words."""
    if not speed:
        return ""
    many, span = (speed, "s") if speed >= 1 else (60 * speed, "min")
    return f"{many:.1f} {unit}/{span}" if unit else f"{many:.1f}/{span}"


def columns(unit: str, *, size: bool) -> tuple[ProgressColumn, ...]:
    """The columns for things of a unit, or for bytes where `size` says so."""
    left = TimeRemainingColumn(compact=True)
    bar = (TextColumn("{task.description}"), BarColumn(bar_width=24))
    if size:
        return (*bar, DownloadColumn(), TransferSpeedColumn(), left)
    return (*bar, MofNCompleteColumn(), RateColumn(unit), left)
