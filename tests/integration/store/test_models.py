"""The model registry and the accuracy log."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store import evaluations, models
from store.errors import InvalidState, NotFound
from store.evaluations import CURVES
from store.session import Database
from store.tables import Model
from tests.integration.store.parts import accepted, new_key
from tests.integration.store.test_datasets import created

METRICS = {"accuracy": 0.96, "scored": 50, "by": {"digit": {"1": 0.9}}}


def registered(database: Database, model_id: str, state: str = "candidate") -> Model:
    with database.begin() as session:
        return models.register(session, model_id, model_id.partition("@")[0], state=state)


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {model.id: model.state for model in models.page(session, 10).items}


def test_the_first_champion_keeps_its_place(database: Database) -> None:
    registered(database, "small@1", "champion")
    registered(database, "large@1", "champion")

    assert states(database) == {"large@1": "candidate", "small@1": "champion"}


def test_a_model_that_is_known_stays_as_it_is(database: Database) -> None:
    registered(database, "small@1", "champion")

    assert registered(database, "small@1").state == "champion"
    assert registered(database, "small@1", "champion").state == "champion"


def test_many_processes_that_register_one_champion_agree(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: registered(database, "s@1", "champion"), range(16)))

    assert {model.state for model in found} == {"champion"}


def test_many_promotions_at_once_leave_one_champion(database: Database) -> None:
    names = [f"m@{number}" for number in range(8)]
    for name in names:
        registered(database, name)

    def promote(name: str) -> None:
        with database.begin() as session:
            models.promote(session, name)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(promote, names))

    assert sorted(states(database).values()) == ["archived"] * 7 + ["champion"]


def test_a_promotion_archives_the_champion_before(database: Database) -> None:
    registered(database, "small@1", "champion")
    registered(database, "small@2")

    with database.begin() as session:
        assert models.promote(session, "small@2").state == "champion"
        assert models.promote(session, "small@2").state == "champion"

    assert states(database) == {"small@1": "archived", "small@2": "champion"}
    with database.read() as session:
        champion = models.champion(session)
    assert champion is not None
    assert champion.id == "small@2"


def test_a_promotion_that_is_not_committed_leaves_the_champion(database: Database) -> None:
    registered(database, "small@1", "champion")
    registered(database, "small@2")

    with database.begin() as session:
        models.promote(session, "small@2")
        session.rollback()

    assert states(database) == {"small@1": "champion", "small@2": "candidate"}


def test_a_rollback_brings_the_champion_before_back(database: Database) -> None:
    registered(database, "a@1", "champion")
    for name in ("b@1", "c@1"):
        registered(database, name)
        with database.begin() as session:
            models.promote(session, name)

    for expected in ("b@1", "a@1"):
        with database.begin() as session:
            assert models.rollback(session).id == expected
    with database.begin() as session, pytest.raises(InvalidState, match="no model was champion"):
        models.rollback(session)


def test_a_model_is_found_by_its_id_or_by_name_the_newest(database: Database) -> None:
    registered(database, "small@1")
    with database.begin() as session:
        models.register(
            session, "small@2", "small", card={"accuracy": 0.9}, origin=models.Origin("small@1")
        )

    with database.read() as session:
        assert models.get(session, "small@1").id == "small@1"
        assert models.get(session, "small").name == "small"
        assert models.get(session, "small@2").card == {"accuracy": 0.9}
        with pytest.raises(NotFound, match="no model large"):
            models.get(session, "large")


def test_models_are_listed_by_state_page_by_page(database: Database) -> None:
    registered(database, "a@1", "champion")
    registered(database, "b@1")
    registered(database, "c@1")

    with database.read() as session:
        first = models.page(session, 1, state="candidate")
        rest = models.page(session, 1, first.next, state="candidate")

    assert [model.id for model in first.items + rest.items] == ["b@1", "c@1"]


def test_a_job_is_logged_once(database: Database, key_id: str) -> None:
    job, dataset = accepted(database, key_id, kind="evaluate"), created(database, key_id)

    def add() -> bool:
        with database.begin() as session:
            row = evaluations.add(
                session,
                key_id=key_id,
                job_id=job.id,
                model="small@1",
                dataset=dataset,
                metrics=METRICS,
            )
            return row is not None

    assert add()
    assert not add()
    with database.read() as session:
        [found] = evaluations.page(session, key_id, 10).items
    assert (found.accuracy, found.scored, found.metrics) == (0.96, 50, METRICS)
    assert (found.dataset_name, found.dataset_version) == ("mine", "v1")


def test_the_log_can_be_narrowed_and_belongs_to_its_key(database: Database, key_id: str) -> None:
    other, dataset = new_key(database), created(database, key_id)
    with database.begin() as session:
        for model, of in (("small@1", dataset), ("large@1", None), ("large@1", dataset)):
            evaluations.add(
                session,
                key_id=key_id,
                job_id=None,
                model=model,
                dataset=of,
                metrics=METRICS | {"accuracy": None},
            )

    with database.read() as session:
        assert len(evaluations.page(session, None, 10, model="large@1").items) == 2
        narrow = evaluations.page(session, key_id, 10, model="large@1", dataset_id=dataset.id)
        [found] = narrow.items
        assert evaluations.get(session, key_id, found.id).accuracy is None
        assert evaluations.page(session, other, 10).items == []
        with pytest.raises(NotFound):
            evaluations.get(session, other, found.id)
        first = evaluations.page(session, None, 2)
        assert len(evaluations.page(session, None, 2, first.next).items) == 1


def test_a_list_of_evaluations_leaves_out_the_curves(database: Database) -> None:
    metrics = {"accuracy": 0.9, "scored": 9, "by": {"digit": {}}} | {it: [1, 2] for it in CURVES}
    with database.begin() as session:
        evaluations.add(
            session, key_id=None, job_id=None, model="m@1", dataset=None, metrics=metrics
        )
    with database.read() as session:
        [listed] = evaluations.page(session, None, 9).items
        assert listed.metrics == {"accuracy": 0.9, "scored": 9, "by": {"digit": {}}}
    with database.read() as session:
        [whole] = evaluations.page(session, None, 9, curves=True).items
        assert whole.metrics == metrics
