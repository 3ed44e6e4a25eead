"""API keys."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from store import keys
from store.errors import InvalidState, NotFound
from store.session import Database
from store.tables import ApiKey
from tests.integration.store.parts import LONG_AGO


def made(database: Database, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    with database.begin() as session:
        return keys.create(session, "someone", ["submit", "read"], expires_at)


def known(database: Database, plaintext: str) -> ApiKey | None:
    with database.read() as session:
        return keys.authenticate(session, plaintext)


def test_a_key_is_known_by_its_text(database: Database) -> None:
    key, plaintext = made(database)

    found = known(database, plaintext)

    assert found is not None
    assert (found.id, found.name, found.scopes) == (key.id, "someone", ["read", "submit"])
    assert plaintext.startswith(f"orr_{plaintext[4:14]}.")
    assert len(plaintext.partition(".")[2]) == 43


def test_no_key_is_kept_in_a_readable_form(database: Database) -> None:
    _, plaintext = made(database)
    secret = plaintext.partition(".")[2]

    with database.read() as session:
        [row] = session.execute(text("SELECT * FROM api_key")).all()

    assert all(secret not in str(value) for value in row)


@pytest.mark.parametrize("wrong", ["", "orr_", "x.y", "\x00.a", "\ud800.b", "a" * 10_000])
def test_other_texts_are_no_key(database: Database, wrong: str) -> None:
    _, plaintext = made(database)

    assert known(database, wrong) is None
    assert known(database, plaintext[:-1]) is None
    assert known(database, plaintext + "x") is None


def test_an_expired_key_is_no_key(database: Database) -> None:
    _, old = made(database, LONG_AGO)
    _, young = made(database, datetime.now(UTC) + timedelta(hours=2))

    assert known(database, old) is None
    assert known(database, young) is not None


def test_a_revoked_key_is_no_key(database: Database) -> None:
    key, plaintext = made(database)

    with database.begin() as session:
        first = keys.revoke(session, key.id).revoked_at
        assert keys.revoke(session, key.id).revoked_at == first

    assert first is not None
    assert known(database, plaintext) is None
    with database.begin() as session, pytest.raises(NotFound):
        keys.revoke(session, "nobody")


@pytest.mark.parametrize(
    ("scopes", "complaint"), [(["fly"], "no scope is called fly"), ([], "a key needs")]
)
def test_a_key_needs_scopes_that_exist(
    database: Database, scopes: list[str], complaint: str
) -> None:
    with database.begin() as session, pytest.raises(InvalidState, match=complaint):
        keys.create(session, "someone", scopes)


@pytest.mark.parametrize("preset", ["secret", "my.secret", "orr_abc.def", ".", "a." + "b" * 200])
def test_a_preset_text_becomes_the_administrators_key(database: Database, preset: str) -> None:
    with database.begin() as session:
        first = keys.ensure(session, preset)
    with database.begin() as session:
        second = keys.ensure(session, preset)

    found = known(database, preset)
    assert found is not None
    assert found.id == first.id == second.id
    assert found.scopes == ["admin"]


def test_another_preset_text_revokes_the_one_before(database: Database) -> None:
    _, plaintext = made(database)
    with database.begin() as session:
        keys.ensure(session, "first")
    with database.begin() as session:
        keys.ensure(session, "second")

    assert known(database, "first") is None
    assert known(database, "second") is not None
    assert known(database, plaintext) is not None
    with database.begin() as session:
        keys.ensure(session, "first")
    assert known(database, "first") is not None


@pytest.mark.parametrize("wrong", ["", "two words", "naïve", "line\nbreak", "x" * 600])
def test_a_preset_text_must_fit_into_a_header(database: Database, wrong: str) -> None:
    with database.begin() as session, pytest.raises(InvalidState, match="ORRERY_API_KEY"):
        keys.ensure(session, wrong)


def test_a_key_is_known_by_its_id_while_it_is_valid(database: Database) -> None:
    (valid, _), (old, _) = made(database), made(database, LONG_AGO)

    with database.begin() as session:
        assert keys.active(session, valid.id) is not None
        assert keys.active(session, old.id) is None
        assert keys.active(session, "nobody") is None
        keys.revoke(session, valid.id)
        assert keys.active(session, valid.id) is None


def test_keys_are_listed_newest_first(database: Database) -> None:
    ids = sorted((made(database)[0].id for _ in range(3)), reverse=True)

    with database.read() as session:
        first = keys.page(session, 2)
        rest = keys.page(session, 2, first.next)

    assert [key.id for key in first.items + rest.items] == ids
    assert rest.next is None
