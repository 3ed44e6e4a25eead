"""What Prometheus reads: valid, documented, and right however many processes answer."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from store import datasets, dispatch, evaluations, expiry, jobs, leases, models, presence, tallies
from store.datasets import NewImage
from store.errors import DatabaseAway
from store.presence import SCHEDULER, WORKER, Hello
from store.settings import Settings
from store.tables import Chunk
from tests.integration.api.parts import Caller, Maker, picture, work_off

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"
MODEL = "small@0123456789ab"


@pytest.fixture
def busy(settings: Settings, make_caller: Maker) -> Caller:
    """A service in which everything that is measured has happened once."""
    caller = make_caller(settings)
    caller.solve(*[("a.jpg", picture())] * 3)
    work_off(caller.database)
    caller.solve(("a.jpg", picture()))
    _evaluate(caller)
    with caller.database.begin() as session:
        tallies.observe(session, tallies.BATCH, [3])
        tallies.observe(session, tallies.STAGE, [0.2], label="solve")
    with presence.connect(settings.broker_url) as broker:
        presence.say(broker, WORKER, Hello("host:17", MODEL, "cpu"))
        presence.say(broker, SCHEDULER, Hello("host:18"))
    return caller


def _evaluate(caller: Caller) -> None:
    with caller.database.begin() as session:
        models.register(session, MODEL, "small", state="champion")
        key_id = jobs.page(session, None, 1).items[0].key_id
        row = datasets.create(
            session, key_id, "d", "v", "0" * 64, [NewImage("a", "0" * 64)], nightly=True
        )
        for model, value in ((MODEL, 0.9), ("other@0123456789ab", 0.2)):
            evaluations.add(
                session,
                key_id=key_id,
                job_id=None,
                model=model,
                dataset=row,
                metrics={"accuracy": value, "scored": 40, "interval": [value - 0.1, value + 0.05]},
                schedule="nightly",
            )


def read(caller: Caller) -> dict[str, Metric]:
    """All families by name, as Prometheus' own parser sees them."""
    families = text_string_to_metric_families(caller.get("/metrics").text)
    # One process alone also tells when each of its counters began.
    return {it.name: it for it in families if not it.name.endswith("_created")}


def value(families: dict[str, Metric], family: str, **labels: str) -> float:
    """The sum of the samples that have these labels; a histogram's count."""
    wanted = [
        sample.value
        for sample in families[family].samples
        if labels.items() <= sample.labels.items()
        and not sample.name.endswith(("_bucket", "_sum", "_created"))
    ]
    assert wanted, f"{family} has no sample with {labels}"
    return sum(wanted)


def test_every_figure_of_the_whole_service_is_told(busy: Caller) -> None:
    found = read(busy)
    assert value(found, "orrery_ready") == 1
    assert value(found, "orrery_items", state="pending") == 1
    assert value(found, "orrery_chunks", queue="solve", state="ready") == 1
    assert value(found, "orrery_queue_messages", queue="solve") >= 1
    assert value(found, "orrery_oldest_waiting_item_seconds", queue="solve") >= 0
    assert value(found, "orrery_results", kind="solve", outcome="answered") == 3
    assert value(found, "orrery_dispatched_messages") == 2
    assert value(found, "orrery_batch_pictures") == 1
    assert value(found, "orrery_stage_duration_seconds", stage="solve") == 1
    assert value(found, "orrery_workers") == 1
    assert value(found, "orrery_worker_info", device="cpu", worker="host:17") == 1
    assert value(found, "orrery_schedulers") == 1
    assert value(found, "orrery_disk_free_bytes", folder="blobs") > 0
    assert value(found, "orrery_http_request_duration_seconds", endpoint="jobs.solve") == 2


def test_accuracy_is_the_champions_whatever_other_models_were_evaluated(busy: Caller) -> None:
    found = read(busy)
    assert [s.labels["model"] for s in found["orrery_accuracy_ratio"].samples] == [MODEL]
    assert value(found, "orrery_accuracy_ratio") == 0.9
    assert value(found, "orrery_accuracy_low_ratio") == pytest.approx(0.8)
    assert value(found, "orrery_accuracy_high_ratio") == pytest.approx(0.95)


def test_expired_leases_and_quarantined_pictures_are_counted(busy: Caller) -> None:
    for _ in range(3):
        with busy.database.begin() as session:
            [(chunk_id, _queue)] = dispatch.dispatchable(session, 9, republish_after=-1)
            lease = leases.claim(session, chunk_id, "dead", 60)
            assert lease is not None
            leases.begin(session, lease, [item.id for item in lease.items])
        with busy.database.begin() as session:
            assert expiry.lapse(session, "dead")
            assert expiry.expire(session) == 1
            session.execute(update(Chunk).values(available_at=datetime(2020, 1, 1, tzinfo=UTC)))
    found = read(busy)
    assert value(found, "orrery_lease_expiries") == 3
    assert value(found, "orrery_results", outcome="quarantined") == 1


def test_names_and_help_follow_the_conventions_of_prometheus(busy: Caller) -> None:
    for family in read(busy).values():
        assert re.fullmatch(r"orrery(_[a-z]+)+", family.name)
        assert family.documentation.endswith(".")
        assert not family.name.endswith(("_milliseconds", "_percent", "_count", "_total"))
        if "duration" in family.name or "age" in family.documentation.lower().split():
            assert family.name.endswith("_seconds")


def test_the_operations_page_lists_exactly_what_is_exported(busy: Caller) -> None:
    listed = re.findall(r"^\| `(orrery_\w+)`([^|]*)\| (\w+) \|", DOCUMENT.read_text(), re.MULTILINE)
    told = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, labels, kind in listed}
    exported = {}
    for family in read(busy).values():
        suffix = "_total" if family.type == "counter" else ""
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        exported[family.name + suffix] = (family.type, labels)
    assert told == exported


def test_a_method_that_a_caller_invents_makes_no_series_of_its_own(busy: Caller) -> None:
    busy.http.open("/healthz", method="BREW")
    found = read(busy)
    assert value(found, "orrery_http_requests", method="other") == 1


def test_metrics_without_the_database_tell_just_that(
    busy: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway("gone")

    monkeypatch.setattr("store.migrate.revision", away)
    monkeypatch.setattr("store.figures.read", away)
    found = read(busy)
    assert value(found, "orrery_ready") == 0
    assert value(found, "orrery_dependency_up", dependency="database") == 0
    assert value(found, "orrery_dependency_up", dependency="broker") == 1
    assert "orrery_results" not in found
