"""What Prometheus reads: requests counted by the processes of the API, and facts read anew."""

import os
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.facts import Facts

if TYPE_CHECKING:
    from api.services import Services

#: Set by gunicorn's configuration: the folder in which its processes count together.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

#: Seconds; a job is accepted in tens of milliseconds, an upload takes as long as the network.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Metrics:
    """The counters of one application, and how all metrics are written."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "orrery_http_requests",
            "Requests answered.",
            ["method", "endpoint", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "orrery_http_request_duration_seconds",
            "Time until a request is answered.",
            ["endpoint"],
            buckets=BUCKETS,
            registry=self._registry,
        )

    def count(self, response: Response) -> Response:
        """Count a request that was answered."""
        endpoint = request.endpoint or "none"
        # A caller may invent methods; each would be a series of its own.
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(method, endpoint, response.status_code).inc()
        self._seconds.labels(endpoint).observe(perf_counter() - g.get("started", perf_counter()))
        return response

    def register(self, app: Flask) -> None:
        """Count every request of an application."""
        app.after_request(self.count)

    def write(self, services: "Services") -> bytes:
        """All metrics in Prometheus' text format."""
        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        facts = CollectorRegistry()
        facts.register(Facts(services))
        return generate_latest(registry) + generate_latest(facts)
