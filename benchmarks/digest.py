"""Each benchmark's own JSON as figures beside their baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.figure import Figure

Told = Mapping[str, Any]


def contest(told: Told) -> Iterator[Figure]:
    """Orrery beside the published pipeline's shape, the service beside the command, the nets."""
    group, beside = "solving", "published shape"
    sides = [
        ("speed", "puzzles/s", "puzzles_per_second", True),
        ("processor time a puzzle", "s", "processor_seconds", False),
        ("median latency", "s", "latency_median", False),
        ("95th percentile of latency", "s", "latency_p95", False),
        ("peak memory", "MiB", "peak_memory", False),
        ("loading", "s", "load_seconds", False),
    ]
    for name, unit, field, more in sides:
        pair = told["baseline"][field], told["orrery"][field]
        yield Figure(group, name, unit, beside, *pair, more)
    for goal in told["goals"][1:]:
        pair = goal["must"], goal["measured"]
        yield Figure(group, goal["name"], "", "what it must be", *pair, goal["least"])
    for net in told["nets"]:
        yield Figure("nets", net["net"], "ms", "torch", net["torch"], net["runtime"])


def scaling(told: Told) -> Iterator[Figure]:
    """The service beside `orrery solve`, two workers beside one."""
    group, unit = "scaling", "puzzles/s"
    last = told["rounds"][-1]
    yield Figure(group, "service", unit, "orrery solve", last["solve"], last["service"], True)
    yield Figure(group, "two workers", unit, "one worker", last["one"], last["two"], True)


def pages(told: list[Told]) -> Iterator[Figure]:
    """Each page's first paint, beside what it must be."""
    for page in told:
        first = 1e3 * page["first"]["paint"]
        yield Figure("first paint", page["name"], "ms", "what it must be", 300.0, first)


def growth(told: list[Told]) -> Iterator[Figure]:
    """Each call in the largest database of a kind beside the same in the smallest."""
    for name in dict.fromkeys(size["database"] for size in told):
        mine = sorted((it for it in told if it["database"] == name), key=_results)
        small, large = mine[0], mine[-1]
        group, beside = f"{name}, {large['results']:,} results", f"{small['results']:,} results"
        for before, after in zip(small["calls"], large["calls"], strict=True):
            pair = before["median"], after["median"]
            yield Figure(group, after["name"], "ms", beside, *pair)
        costs = [1e3 * it["carried"]["seconds"] for it in (small, large)]
        yield Figure(group, "carrying out a picture", "ms", beside, *costs)


def _results(size: Told) -> int:
    return int(size["results"])


def curves(told: Told) -> Iterator[Figure]:
    """Each point of a curve beside its first."""
    batches = told["batches"]
    first = _each(batches[0])
    for it in batches:
        name, beside = f"batch of {it['pictures']:,}", f"batch of {batches[0]['pictures']}"
        yield Figure("cost of a picture", name, "ms", beside, first, _each(it))
    for it in told["fleets"]:
        name = f"{it['workers']} workers that wait"
        yield Figure("workers", name, "pictures/s", "no cost at all", it["ideal"], it["rate"], True)
    for group, points, key, beside in (
        ("queue", told["queues"], "waiting", "nothing waiting"),
        ("micro-batch", told["micro_batches"], "micro_batch", "micro-batch of 1"),
    ):
        costs = [1e3 * it.get("carried", it)["seconds"] for it in points]
        for it, cost in zip(points, costs, strict=True):
            yield Figure(group, f"{it[key]:,}", "ms a picture", beside, costs[0], cost)


def _each(batch: Told) -> float:
    return 1e3 * float(batch["ended"]) / int(batch["pictures"])
