"""The audit log: it only grows, and tells what was done."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from store import audit, keys
from store.errors import StoreError
from store.session import Database
from tests.integration.api.parts import Caller
from tests.security import belongings
from tests.security.operations import PLAIN, Operation, operations

CHANGES = [
    "UPDATE audit SET action = 'nothing'",
    "UPDATE audit SET key_id = NULL WHERE id = 1",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 1",
]
REPLACE = (
    "INSERT OR REPLACE INTO audit (id, at, key_id, action, subject, detail) "
    "VALUES (1, '2026-01-01', NULL, 'nothing', '', '{}')"
)


def entries(database: Database) -> list[tuple[str, str]]:
    """Action and subject of the entries, oldest first."""
    with database.read() as session:
        return [(it.action, it.subject) for it in reversed(audit.page(session, 200).items)]


def test_the_database_refuses_to_change_or_remove_an_entry(database: Database) -> None:
    with database.begin() as session:
        audit.note(session, None, "key.create", "a")
        audit.note(session, None, "key.revoke", "a")
        postgresql = session.get_bind().dialect.name == "postgresql"
    for statement in [*CHANGES, "TRUNCATE audit" if postgresql else REPLACE]:
        with pytest.raises((SQLAlchemyError, StoreError)), database.begin() as session:
            session.execute(text(statement))
    assert entries(database) == [("key.create", "a"), ("key.revoke", "a")]
    with database.begin() as session:
        audit.note(session, None, "key.create", "b")
    assert len(entries(database)) == 3


def test_a_preset_key_and_the_end_of_the_one_before_are_noted(database: Database) -> None:
    with database.begin() as session:
        first = keys.ensure(session, "first")
    with database.begin() as session:
        keys.ensure(session, "first")
        second = keys.ensure(session, "second")
    assert entries(database) == [
        ("key.preset", first.id),
        ("key.preset", second.id),
        ("key.revoke", first.id),
    ]


#: What changes nothing when it is asked for as little as possible.
IDLE = {
    "POST /v1/models",
    "POST /v1/models/{model_id}/gate",
    "POST /v1/models/rollback",
    "POST /v1/datasets/{dataset_id}/corrections",
}


@pytest.mark.parametrize(
    "operation",
    [it for it in operations() if it.method != "GET" and it.name not in IDLE],
    ids=lambda it: it.name,
)
def test_whatever_changes_something_is_noted_with_its_key(
    app: Caller, operation: Operation
) -> None:
    caller, admin = app.other(), app.other("admin")
    made = admin.post("/v1/keys", json={"name": "x", "scopes": ["read"]}).get_json()
    ids = belongings.make(caller) | {"key_id": made["id"]}
    before = entries(caller.database)
    who = admin if operation.scope == "admin" else caller
    answer = operation.send(who, ids)
    assert answer.status_code < 300, answer.text
    with caller.database.read() as session:
        newest = audit.page(session, 1).items[0]
        asker = keys.authenticate(session, who.key or "")
    assert len(entries(caller.database)) > len(before)
    assert asker is not None
    assert newest.key_id == asker.id
    assert newest.action


def test_a_rollback_is_noted(caller: Caller) -> None:
    admin = caller.other("admin")
    belongings.make(caller)
    for number in range(2):
        belongings.share_model(caller, f"model{number}@0123456789ab")
        admin.post(f"/v1/models/model{number}/promote", json={"force": True})
    assert admin.post("/v1/models/rollback").status_code == 200
    assert entries(caller.database)[-1] == ("model.rollback", "model0@0123456789ab")
    assert PLAIN["model_id"] not in str(entries(caller.database)[-1])
