"""What a run of the benchmarks says: a table for people, JSON for machines."""

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks.measure import Measurement


def processor() -> str:
    """The name of this machine's processor, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def ratios(baseline: Measurement, ours: Measurement) -> dict[str, float]:
    """How many times better than the baseline: above 1 is faster, sooner, smaller."""
    return {
        "puzzles_per_second": ours.puzzles_per_second / baseline.puzzles_per_second,
        "latency_median": baseline.latency_median / ours.latency_median,
        "latency_p95": baseline.latency_p95 / ours.latency_p95,
        "peak_memory": baseline.peak_memory / ours.peak_memory,
        "load_seconds": baseline.load_seconds / ours.load_seconds,
    }


def record(
    baseline: Measurement, ours: Measurement, throughput: Mapping[str, float], threads: int
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
    }


def show(baseline: Measurement, ours: Measurement, throughput: Mapping[str, float]) -> None:
    """Print both contenders, what one is to the other, and the two front doors."""
    better = ratios(baseline, ours)
    rows = [
        ("puzzles a second", "puzzles_per_second", ".2f"),
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
