"""What people and programs ask of a service again and again, over HTTP, and how long it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

import httpx

from benchmarks.rows import Grown
from cli.embedded import Address
from store import paging

#: How often each call is made, after one that does not count.
TIMES = 20
#: The field of the page's forms that keeps others from sending them.
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One call: milliseconds, the least, a median and a 95th percentile; bytes of the answer."""

    name: str
    least: float
    median: float
    p95: float
    bytes: int


def places(grown: Grown) -> Mapping[str, str]:
    """What is asked by programs, with an API key."""
    job, middle = f"/v1/jobs/{grown.second}", paging.encode(grown.second_size * 9 // 10)
    early = paging.encode(grown.early)
    return {
        "jobs": "/v1/jobs",
        "jobs, a late page": f"/v1/jobs?cursor={early}",
        "jobs that failed": "/v1/jobs?status=failed",
        "jobs that run": "/v1/jobs?status=running",
        "jobs of a kind that is rare": "/v1/jobs?kind=import",
        "job": job,
        "results": f"{job}/results",
        "results, a late page": f"{job}/results?cursor={middle}",
        "results that failed": f"{job}/results?failed=true",
        "results that failed, a late page": f"{job}/results?failed=true&cursor={middle}",
        "results without error": f"{job}/results?failed=false&cursor={middle}",
        "result with all that was seen": f"{job}/results/17",
        "evaluations": "/v1/evaluations",
        "evaluations of a dataset": f"/v1/evaluations?dataset={grown.dataset}",
        "evaluations of a model": f"/v1/evaluations?model={grown.model}",
        "models": "/v1/models",
        "datasets": "/v1/datasets",
        "metrics": "/metrics",
    }


def mine(grown: Grown) -> Mapping[str, str]:
    """What is asked with a key that sees its own jobs only, one of fifty."""
    return {
        "jobs of a key": "/v1/jobs",
        "jobs of a key that were cancelled": "/v1/jobs?status=cancelled",
        "evaluations of a key": "/v1/evaluations",
        "evaluations of a key and a model": f"/v1/evaluations?model={grown.model}",
    }


def pages(grown: Grown) -> Mapping[str, str]:
    """What is looked at by people who have signed in."""
    job = f"/jobs/{grown.second}"
    return {
        "page: overview": "/",
        "page: jobs": "/jobs",
        "page: jobs that were cancelled": "/jobs?status=cancelled",
        "page: job with its gallery": job,
        "page: job, late in its gallery": f"{job}?cursor={paging.encode(grown.second_size // 2)}",
        "page: job, the unsure": f"{job}?show=unsure",
        "page: job, the failed": f"{job}?show=failed",
        "page: job, a digit": f"{job}?digit=3",
        "page: evaluations": "/evaluations",
        "page: models": "/models",
        "page: datasets": "/datasets",
    }


def measure(address: Address, grown: Grown, times: int = TIMES) -> list[Call]:
    """Make every call, as the administrator, and those of one key that is not."""
    with (
        _client(address, grown.admin) as client,
        _client(address, grown.reader) as reader,
        _client(address) as visitor,
    ):
        _sign_in(visitor, grown.admin)
        asked = {
            **{name: (client, path) for name, path in places(grown).items()},
            **{name: (reader, path) for name, path in mine(grown).items()},
            **{name: (visitor, path) for name, path in pages(grown).items()},
        }
        return _measured(asked, times)


def _measured(asked: Mapping[str, tuple[httpx.Client, str]], times: int) -> list[Call]:
    """Make all calls in turns, so that what else the machine does slows all of them."""
    sizes = {
        name: len(client.get(path).raise_for_status().content)
        for name, (client, path) in asked.items()
    }
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(times):
        for name, (client, path) in asked.items():
            begin = perf_counter()
            client.get(path)
            taken[name].append(1e3 * (perf_counter() - begin))
    return [_call(name, taken[name], sizes[name]) for name in asked]


def _client(address: Address, key: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {"Origin": address.url}
    return httpx.Client(base_url=address.url, headers=headers, timeout=120)


def _sign_in(visitor: httpx.Client, key: str) -> None:
    token = _TOKEN.search(visitor.get("/").text)
    assert token is not None
    answer = visitor.post("/sign-in", data={"csrf": token[1], "key": key})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text


def _call(name: str, taken: list[float], size: int) -> Call:
    p95 = quantiles(taken, n=20, method="inclusive")[-1]
    return Call(name, min(taken), median(taken), p95, size)
