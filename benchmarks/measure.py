"""Takes the time of each picture and the peak memory of this process."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

#: Pictures solved before the clock starts: lazy loading and caches are no one's speed.
WARM_UP = 1


@dataclass(frozen=True, slots=True)
class Contender:
    """What is measured: one picture at a time for the latency, all of them for the speed.

    `one` tells the seconds of its stages.
    """

    one: Callable[[bytes], dict[str, float]]
    all: Callable[[Sequence[bytes]], object]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One contender on one set of pictures: seconds, and memory in MiB.

    `processor_seconds` of all threads a picture hardly depend on what else the machine does.
    """

    name: str
    pictures: int
    load_seconds: float
    puzzles_per_second: float
    processor_seconds: float
    latency_median: float
    latency_p95: float
    peak_memory: float
    stages: dict[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One net: milliseconds a puzzle in both, and the largest difference of an output."""

    net: str
    torch: float
    runtime: float
    difference: float


def measure(name: str, folder: Path, load: Callable[[], Contender]) -> Measurement:
    """Load a contender, then solve the pictures of a folder: one by one, and all at once."""
    pictures = [path.read_bytes() for path in sorted(folder.rglob("images/*"))]
    begin = time.perf_counter()
    contender = load()
    loaded = time.perf_counter() - begin
    for picture in pictures[:WARM_UP]:
        contender.one(picture)
    seconds, stages = _clocked(contender.one, pictures)
    begin, busy = time.perf_counter(), time.process_time()
    contender.all(pictures)
    whole, busy = time.perf_counter() - begin, time.process_time() - busy
    return Measurement(
        name=name,
        pictures=len(pictures),
        load_seconds=loaded,
        puzzles_per_second=len(pictures) / whole,
        processor_seconds=busy / len(pictures),
        latency_median=median(seconds),
        latency_p95=quantiles(seconds, n=20, method="inclusive")[-1],
        peak_memory=peak_memory(),
        stages={stage: total / len(pictures) for stage, total in stages.items()},
    )


def _clocked(
    one: Callable[[bytes], dict[str, float]], pictures: Sequence[bytes]
) -> tuple[list[float], dict[str, float]]:
    seconds: list[float] = []
    stages: dict[str, float] = {}
    for picture in pictures:
        begin = time.perf_counter()
        taken = one(picture)
        seconds.append(time.perf_counter() - begin)
        for stage, part in taken.items():
            stages[stage] = stages.get(stage, 0.0) + part
    return seconds, stages


def peak_memory() -> float:
    """Peak resident memory of this process in MiB, as Linux counts it."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def tell(measurement: Measurement) -> None:
    """Hand the measurement to the process that asked for it."""
    json.dump(asdict(measurement), sys.stdout)
