"""What a run of the benchmarks says: a table for people, JSON for machines."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import click

from benchmarks.figure import processor
from benchmarks.measure import Comparison, Measurement


def ratios(baseline: Measurement, ours: Measurement) -> dict[str, float]:
    """How many times better than the baseline: above 1 is faster, sooner, smaller."""
    return {
        "puzzles_per_second": ours.puzzles_per_second / baseline.puzzles_per_second,
        "processor_seconds": baseline.processor_seconds / ours.processor_seconds,
        "latency_median": baseline.latency_median / ours.latency_median,
        "latency_p95": baseline.latency_p95 / ours.latency_p95,
        "peak_memory": baseline.peak_memory / ours.peak_memory,
        "load_seconds": baseline.load_seconds / ours.load_seconds,
    }


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with what it must be and what is aimed at; `least` where more is better."""

    name: str
    measured: float
    must: float
    aim: float
    least: bool = False


def goals(ratio: float, first: float, peak_memory: float, weights: float) -> list[Goal]:
    """The figures of speed and size that the project set itself."""
    return [
        Goal("times the published shape's speed", ratio, 60, 250, least=True),
        Goal("start to the first answer, s", first, 4, 1.5),
        Goal("peak memory of orrery solve, MB", peak_memory * 2**20 / 1e6, 1000, 400),
        Goal("model folder, MB", weights, 10, 3),
    ]


def record(
    baseline: Measurement,
    ours: Measurement,
    throughput: Mapping[str, float],
    threads: int,
    *,
    nets: Sequence[Comparison],
    goals: Sequence[Goal],
) -> dict[str, object]:
    """The whole run as one JSON object; seconds, MiB and puzzles a second."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "threads": threads},
        "python": platform.python_version(),
        "baseline": asdict(baseline),
        "orrery": asdict(ours),
        "ratios": ratios(baseline, ours),
        "throughput": dict(throughput),
        "nets": [asdict(net) for net in nets],
        "goals": [asdict(goal) for goal in goals],
    }


def show(baseline: Measurement, ours: Measurement, throughput: Mapping[str, float]) -> None:
    """Print both contenders, what one is to the other, and the two front doors."""
    better = ratios(baseline, ours)
    rows = [
        ("puzzles a second", "puzzles_per_second", ".2f"),
        ("processor s a puzzle", "processor_seconds", ".3f"),
        ("median latency, s", "latency_median", ".3f"),
        ("95th percentile, s", "latency_p95", ".3f"),
        ("peak memory, MiB", "peak_memory", ".0f"),
        ("loading, s", "load_seconds", ".2f"),
    ]
    click.echo(f"{'':20}{'published shape':>17}{'orrery':>11}{'ratio':>9}")
    for title, field, shape in rows:
        values = [format(getattr(side, field), shape) for side in (baseline, ours)]
        click.echo(f"{title:20}{values[0]:>17}{values[1]:>11}{better[field]:>8.1f}x")
    for door, rate in throughput.items():
        click.echo(f"{door:20}{'':17}{rate:>11.2f}  puzzles a second, start and transport included")


def show_nets(nets: Sequence[Comparison]) -> None:
    """Print what each net takes in torch and in the runtime."""
    click.echo(
        f"\n{'net, ms a puzzle':20}{'torch':>17}{'runtime':>11}{'ratio':>9}{'differs by':>12}"
    )
    for net in nets:
        ratio = net.torch / net.runtime
        numbers = f"{net.torch:17.2f}{net.runtime:11.2f}{ratio:8.1f}x{net.difference:12.1e}"
        click.echo(f"{net.net:20}{numbers}")


def show_goals(goals: Sequence[Goal]) -> None:
    """Print the figures next to what they must be."""
    click.echo(f"\n{'':34}{'measured':>10}{'must':>8}{'aim':>8}")
    for goal in goals:
        enough = goal.measured >= goal.must if goal.least else goal.measured <= goal.must
        row = f"{goal.name:34}{goal.measured:10.1f}{goal.must:8g}{goal.aim:8g}"
        click.echo(row if enough else f"{row}  missed")
