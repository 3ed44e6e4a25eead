"""`python -m benchmarks.profile`: where the time of a puzzle goes, and how far from the limit."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any
from unittest.mock import patch

import click

from benchmarks.limits import Machine, Work, machine, work
from solver import compare, digit, hint, pipeline, planets
from solver.generate import draw
from solver.model import Model, load
from solver.ocr import EasyOcr

#: The stages of a picture's way, and the parts of one of them.
STAGES = (
    ("decode", pipeline, "decode"),
    ("lay out", pipeline, "split"),
    ("hint", hint, "find"),
    ("digit", digit, "read"),
    ("planets", planets, "find"),
    ("geometry", pipeline, "fit"),
    ("compare", compare, "similarities"),
    ("  crops", compare, "cut"),
    ("decide", pipeline, "decide"),
    ("answer", pipeline, "answer"),
)

#: Names in the clock of the nets by their names in a model folder.
NETS = {
    "finder": "finder",
    "hint": "hint net",
    "digit": "digit net",
    "encoder": "encoder",
    "pair": "pair net",
}


class Clock:
    """Seconds of processor time by name, and how many inputs a net was given, of each picture."""

    def __init__(self) -> None:
        self.pictures: list[dict[str, float]] = []
        self.inputs: dict[str, int] = defaultdict(int)

    def next(self) -> None:
        """Begin with another picture."""
        self.pictures.append(defaultdict(float))

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, its time taken."""

        def wrapped(*given: Any) -> Any:
            begin = time.process_time()
            result = call(*given)
            self.pictures[-1][name] += time.process_time() - begin
            return result

        return wrapped

    def counted(self, name: str, net: Callable[..., Any]) -> Callable[..., Any]:
        """The same net, its time taken and its inputs counted."""
        timed = self.timed(name, net)

        def wrapped(*given: Any) -> Any:
            self.inputs[name] += len(given[0])
            return timed(*given)

        return wrapped

    def median(self, name: str) -> float:
        """Seconds a picture."""
        return median(picture[name] for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class Row:
    """A net: inputs and seconds a picture, and what they cost."""

    name: str
    inputs: float
    seconds: float
    cost: Work


@contextmanager
def stages_timed(clock: Clock) -> Iterator[None]:
    """Take the time of every stage."""
    with ExitStack() as stack:
        for name, module, function in STAGES:
            call = getattr(module, function)
            stack.enter_context(patch.object(module, function, clock.timed(name, call)))
        yield


def nets_timed(model: Model, clock: Clock) -> Model:
    """The model with its nets' time taken."""
    encoder: Any = model.encoder
    encoder._net = clock.counted("encoder", encoder._net)
    encoder._pair = clock.counted("pair net", encoder._pair)
    return replace(
        model,
        finder=clock.counted("finder", model.finder),
        hint=clock.counted("hint net", model.hint),
        digit=clock.counted("digit net", model.digit),
    )


def run(count: int, difficulty: str) -> tuple[Clock, list[Row]]:
    """Solve generated puzzles on one thread."""
    clock, ocr = Clock(), EasyOcr()
    model = nets_timed(load(None, "cpu"), clock)
    pictures = [draw(77, index, difficulty, "held-out").data for index in range(count)]
    with stages_timed(clock):
        for data in [pictures[0], *pictures]:
            clock.next()
            clock.timed("puzzle", pipeline.solve)(data, model, ocr)
    warm = clock.pictures.pop(0)
    assert warm
    rows = [
        Row(net, clock.inputs[name] / (count + 1), clock.median(name), work(model.path, net))
        for net, name in NETS.items()
    ]
    return clock, rows


def show(clock: Clock, rows: list[Row], core: Machine) -> None:
    """Print the tables."""
    whole = clock.median("puzzle")
    click.echo(f"{'stage':12}{'ms':>8}{'share':>8}")
    for name in (*(stage for stage, _, _ in STAGES), "puzzle"):
        seconds = clock.median(name)
        click.echo(f"{name:12}{1e3 * seconds:8.2f}{seconds / whole:8.1%}")
    click.echo(
        f"\none core: {core.flops / 1e9:.0f} GFLOP/s in float32, {core.bandwidth / 1e9:.1f} GB/s"
    )
    click.echo(f"{'net':12}{'inputs':>8}{'ms':>8}{'GFLOP':>8}{'MB':>8}{'GFLOP/s':>9}{'of peak':>9}")
    for row in rows:
        flop, moved = row.inputs * row.cost.flop, row.inputs * row.cost.bytes
        reached = flop / row.seconds
        click.echo(
            f"{row.name:12}{row.inputs:8.1f}{1e3 * row.seconds:8.2f}{flop / 1e9:8.2f}"
            f"{moved / 1e6:8.1f}{reached / 1e9:9.0f}{reached / core.flops:9.0%}"
        )
    least = sum(row.inputs * core.least(row.cost) for row in rows)
    click.echo(
        f"\nat the core's peak the nets would take {1e3 * least:.1f} ms of a puzzle's "
        f"{1e3 * whole:.1f} ms"
    )


@click.command(epilog="\b\nExample:\n  python -m benchmarks.profile --pictures 60")
@click.option("--pictures", default=60, show_default=True, help="Generated puzzles.")
@click.option("--difficulty", default="mix", show_default=True, help="easy, medium, hard or mix.")
def profile(pictures: int, difficulty: str) -> None:
    """Say where the time of a puzzle goes on one thread, and how far from the limit each net is."""
    clock, rows = run(pictures, difficulty)
    show(clock, rows, machine())


if __name__ == "__main__":
    profile()
