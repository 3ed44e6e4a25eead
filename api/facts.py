"""Metrics that every process of the API tells alike: they are read anew for each scrape."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

import redis
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from api import readiness
from store import figures, presence, tallies, version
from store.errors import StoreError
from store.queues import QUEUES
from store.settings import Settings

if TYPE_CHECKING:
    from api.services import Services

#: Values of the labels, and the value that goes with them.
Samples: TypeAlias = Iterable[tuple[Sequence[str], float]]

#: Kinds of job whose results are always told, and how a result can end.
KINDS, OUTCOMES = ("solve", "evaluate"), ("answered", "failed", "quarantined")


class Facts(Collector):
    """What database, broker, disks and dependencies say at the moment."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def describe(self) -> list[Metric]:
        """Nothing, so that registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Everything there is; what cannot be read now is left out."""
        yield _gauge(
            "build_info", "1; version: of this API.", [([version.installed()], 1)], "version"
        )
        yield from dependencies(readiness.look(self._services))
        yield from disks(self._services.settings)
        yield from broker(self._services.settings.broker_url)
        try:
            with self._services.database.read() as session:
                read = figures.read(session)
        except StoreError:
            return
        yield from waiting(read)
        yield from done(read.tallies)
        yield from accuracy(read)


def dependencies(found: readiness.Look) -> Iterator[Metric]:
    """What `/readyz` says."""
    yield _gauge("ready", "1 while jobs can be accepted.", [([], found.is_ready)])
    up = [([it.name], it.why is None) for it in found.parts]
    yield _gauge("dependency_up", "1 while what the service uses is there.", up, "dependency")


def disks(settings: Settings) -> Iterator[Metric]:
    """Room on the disks of the data folder and of the pictures, where they are local."""
    blobs = Path(unquote(settings.blob_url.removeprefix("file://")))
    places = {"data": settings.data_dir, "blobs": blobs}
    usages = {name: shutil.disk_usage(path) for name, path in places.items() if path.is_dir()}
    free = [([name], usage.free) for name, usage in usages.items()]
    size = [([name], usage.total) for name, usage in usages.items()]
    yield _gauge("disk_free_bytes", "Free room on the disk of a folder.", free, "folder")
    yield _gauge("disk_size_bytes", "Size of the disk of a folder.", size, "folder")


def broker(broker_url: str) -> Iterator[Metric]:
    """Who is there, and how many messages wait; nothing while the broker is away."""
    try:
        with presence.connect(broker_url, readiness.PATIENCE) as client:
            workers = presence.hellos(client, presence.WORKER)
            trainers = presence.hellos(client, presence.TRAINER)
            schedulers = presence.hellos(client, presence.SCHEDULER)
            lengths = [([name], float(client.llen(name))) for name in QUEUES]
    except (redis.RedisError, ValueError):
        return
    yield _gauge("workers", "Worker processes with a model loaded.", [([], len(workers))])
    told = [([it.name, it.device, it.model], 1.0) for it in workers]
    what = "1; a worker process, its device and the model that it began with."
    yield _gauge("worker_info", what, told, "worker", "device", "model")
    yield _gauge("trainers", "Worker processes that only train.", [([], len(trainers))])
    yield _gauge("schedulers", "Schedulers that are alive.", [([], len(schedulers))])
    yield _gauge("queue_messages", "Messages that wait in the broker.", lengths, "queue")


def waiting(found: figures.Figures) -> Iterator[Metric]:
    """What is to be done."""
    yield _gauge("jobs", "Jobs kept.", _plain(found.jobs), "status")
    yield _gauge("items", "Pictures without a result.", _plain(found.items), "state")
    states = ("ready", "delayed", "leased")
    chunks = [([q, s], float(found.chunks.get((q, s), 0))) for q in QUEUES for s in states]
    yield _gauge("chunks", "Chunks of pictures that are not done.", chunks, "queue", "state")
    oldest = _plain(dict.fromkeys(QUEUES, 0.0) | found.oldest)
    what = "Age of the oldest job of which a picture waits for a worker."
    yield _gauge("oldest_waiting_item_seconds", what, oldest, "queue")


def done(found: Mapping[tallies.Place, float]) -> Iterator[Metric]:
    """What was done, from counts that no restart resets."""
    # From 0 on, so that the first of its kind is seen as an increase.
    labels = [f"{kind}/{outcome}" for kind in KINDS for outcome in OUTCOMES]
    results = dict.fromkeys(labels, 0.0) | tallies.counts(found, tallies.RESULTS)
    by_kind = [(label.split("/"), number) for label, number in sorted(results.items())]
    yield _counter("results", "Results written.", by_kind, "kind", "outcome")
    expired = dict.fromkeys(QUEUES, 0.0) | tallies.counts(found, tallies.LEASE_EXPIRIES)
    what = "Chunks taken back from a worker that died or fell silent."
    yield _counter("lease_expiries", what, _plain(expired), "queue")
    sent = tallies.counts(found, tallies.MESSAGES).get("", 0.0)
    what = "Messages for chunks given to the broker, repeated ones too."
    yield _counter("dispatched_messages", what, [([], sent)])
    sizes = tallies.distributions(found, tallies.BATCH)
    yield _histogram("batch_pictures", "Pictures that a worker solved in one go.", sizes)
    seconds = tallies.distributions(found, tallies.STAGE)
    what = "Time of a stage of a worker's batch: read, solve, judge, record."
    yield _histogram("stage_duration_seconds", what, seconds, "stage")


def accuracy(found: figures.Figures) -> Iterator[Metric]:
    """How often the champion is right, by its latest evaluations."""
    rows = [([it.dataset, it.model], it) for it in found.accuracies]
    labels = ("dataset", "model")
    what = "Accuracy of the champion in its latest evaluation on a dataset"
    yield _gauge("accuracy_ratio", f"{what}.", [(at, it.value) for at, it in rows], *labels)
    low = [(at, it.low) for at, it in rows]
    yield _gauge("accuracy_low_ratio", f"{what}: lower end of its 95% interval.", low, *labels)
    high = [(at, it.high) for at, it in rows]
    yield _gauge("accuracy_high_ratio", f"{what}: upper end of its 95% interval.", high, *labels)
    what = (
        "1 while the latest nightly evaluation of a dataset is significantly below the one before."
    )
    alerts = [([dataset], float(fell)) for dataset, fell in found.alerts]
    yield _gauge("accuracy_alert", what, alerts, "dataset")


def _plain(values: Mapping[str, float]) -> Samples:
    return [([label], number) for label, number in values.items()]


def _gauge(name: str, text: str, samples: Samples, *labels: str) -> Metric:
    family = GaugeMetricFamily(f"orrery_{name}", text, labels=labels)
    for at, value in samples:
        family.add_metric(at, float(value))
    return family


def _counter(name: str, text: str, samples: Samples, *labels: str) -> Metric:
    family = CounterMetricFamily(f"orrery_{name}", text, labels=labels)
    for at, value in samples:
        family.add_metric(at, value)
    return family


def _histogram(
    name: str, text: str, found: Mapping[str, tallies.Distribution], *labels: str
) -> Metric:
    family = HistogramMetricFamily(f"orrery_{name}", text, labels=labels)
    for label, it in found.items():
        family.add_metric([label] if labels else [], it.buckets, it.total)
    return family
