"""What Prometheus reads: requests counted in this process, and gauges out of the database."""

import os
from collections.abc import Iterator
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from store import figures
from store.errors import StoreError
from store.session import Database

#: Set by gunicorn's configuration: the folder in which its processes count together.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

#: Seconds; a job is accepted in tens of milliseconds, an upload takes as long as the network.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


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
            "orrery_http_request_seconds",
            "Time until a request is answered.",
            ["endpoint"],
            buckets=BUCKETS,
            registry=self._registry,
        )

    def count(self, response: Response) -> Response:
        """Count a request that was answered."""
        endpoint = request.endpoint or "none"
        self._requests.labels(request.method, endpoint, response.status_code).inc()
        self._seconds.labels(endpoint).observe(perf_counter() - g.get("started", perf_counter()))
        return response

    def register(self, app: Flask) -> None:
        """Count every request of an application."""
        app.after_request(self.count)

    def write(self, database: Database) -> bytes:
        """All metrics in Prometheus' text format."""
        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        gauges = CollectorRegistry()
        gauges.register(Gauges(database))
        return generate_latest(registry) + generate_latest(gauges)


class Gauges(Collector):
    """Gauges that every process would tell alike, because they come out of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> list[Metric]:
        """Nothing, so that registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges, or only that the database is away."""
        up = GaugeMetricFamily("orrery_database_up", "1 while the database answers.")
        try:
            with self._database.read() as session:
                found = figures.read(session)
        except StoreError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _gauges(found)


def _gauges(found: figures.Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "orrery_pictures_waiting", "Pictures that await their result.", found.pending
    )
    yield GaugeMetricFamily(
        "orrery_oldest_waiting_seconds",
        "Age of the oldest job that has a picture waiting.",
        found.oldest_waiting_seconds,
    )
    yield GaugeMetricFamily("orrery_results", "Results kept.", found.results)
    jobs = GaugeMetricFamily("orrery_jobs", "Jobs kept, by status.", labels=["status"])
    for status, number in found.jobs.items():
        jobs.add_metric([status], number)
    yield jobs
    chunks = GaugeMetricFamily("orrery_queue_chunks", "Chunks ready, by queue.", labels=["queue"])
    for queue, number in found.queues.items():
        chunks.add_metric([queue], number)
    yield chunks
    accuracy = GaugeMetricFamily(
        "orrery_evaluation_accuracy",
        "Accuracy of the latest evaluation of a dataset.",
        labels=["dataset", "model"],
    )
    for dataset, model, value in found.accuracies:
        accuracy.add_metric([dataset, model], value)
    yield accuracy
    alert = GaugeMetricFamily(
        "orrery_accuracy_alert",
        "1 while the latest nightly evaluation of a dataset is significantly below the one before.",
        labels=["dataset"],
    )
    for dataset, fell in found.alerts:
        alert.add_metric([dataset], int(fell))
    yield alert
