"""API keys: random, hashed, compared in constant time, limited by scope, time and revocation."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from cli.main import main
from store import keys
from store.session import Database, open_database
from store.settings import Settings
from store.tables import ApiKey
from tests.integration.api.parts import Caller, Maker


def make(database: Database) -> tuple[ApiKey, str]:
    """A key and its text."""
    with database.begin() as session:
        return keys.create(session, "test", ["read"])


def test_a_key_is_a_prefix_and_256_random_bits(database: Database) -> None:
    texts = [make(database)[1] for _ in range(50)]
    secrets = [text.partition(".")[2] for text in texts]
    assert all(text.startswith("orr_") for text in texts)
    assert {len(base64.urlsafe_b64decode(secret + "=")) for secret in secrets} == {32}
    assert len(set(secrets)) == 50
    # Of 50 times 256 fair bits, this many are set but once in a million million runs.
    ones = sum(byte.bit_count() for s in secrets for byte in base64.urlsafe_b64decode(s + "="))
    assert abs(ones - 6400) < 400


def test_only_a_sha_256_is_kept(database: Database) -> None:
    key, plaintext = make(database)
    assert key.digest == hashlib.sha256(plaintext.encode()).hexdigest()
    with database.read() as session:
        [row] = session.execute(text("SELECT * FROM api_key")).all()
    assert plaintext.partition(".")[2] not in str(row)


def test_hashes_are_compared_in_constant_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, plaintext = make(database)
    compared = []

    def spy(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", spy)
    prefix = plaintext.partition(".")[0]
    with database.read() as session:
        assert keys.authenticate(session, plaintext) is not None
        assert keys.authenticate(session, f"{prefix}.wrong") is None
    wrong = hashlib.sha256(f"{prefix}.wrong".encode()).hexdigest()
    assert compared == [(key.digest, key.digest), (key.digest, wrong)]


def test_a_key_ends_with_its_time_and_with_its_revocation(either: Caller) -> None:
    admin = either.other("admin")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = [
        admin.post("/v1/keys", json={"name": "x", "scopes": ["read"], "expires_at": soon})
        for _ in range(2)
    ]
    first, second = (Caller(either.app, answer.get_json()["key"]) for answer in made)
    assert [it.get("/v1/jobs").status_code for it in (first, second)] == [200, 200]
    admin.delete(f"/v1/keys/{made[0].get_json()['id']}")
    past = datetime.now(UTC) - timedelta(seconds=1)
    with either.database.begin() as session:
        session.execute(
            update(ApiKey)
            .where(ApiKey.id == made[1].get_json()["id"])  # type: ignore[arg-type]
            .values(expires_at=past)
        )
    assert [it.get("/v1/jobs").status_code for it in (first, second)] == [401, 401]


def test_a_revoked_key_ends_the_stream_that_it_follows(caller: Caller) -> None:
    job = caller.solve().get_json()["id"]
    answer = caller.http.get(f"/v1/jobs/{job}/events", headers=caller.headers, buffered=False)
    lines = iter(answer.response)
    assert next(lines)
    with caller.database.begin() as session:
        [key_id] = session.scalars(select(ApiKey.id)).all()  # type: ignore[call-overload]
        keys.revoke(session, key_id)
    rest = [line if isinstance(line, str) else line.decode() for line in lines]
    assert not any("event: end" in line for line in rest)


def test_wrong_keys_count_against_the_rate_of_their_address(
    lite: Settings, make_caller: Maker
) -> None:
    caller = make_caller(lite.model_copy(update={"rate_limit": "3/minute"}))
    guesser = Caller(caller.app, "orr_0123456789.guess")
    assert [guesser.get("/v1/jobs").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    # The guesses of others are not held against who has a key.
    assert caller.get("/v1/jobs").status_code == 200


@pytest.mark.parametrize("preset", ["orr_0123456789.preset-key-of-an-administrator"])
def test_the_commands_keep_the_preset_key_to_themselves(
    preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'orrery.db'}"
    monkeypatch.setenv("ORRERY_DATABASE_URL", url)
    monkeypatch.setenv("ORRERY_API_KEY", preset)
    assert main(["db", "upgrade"]) == 0
    database = open_database(url)
    with database.begin() as session:
        keys.ensure(session, preset)
    database.dispose()
    shown = capfd.readouterr()
    assert preset not in shown.out + shown.err
    assert preset.encode() not in (tmp_path / "orrery.db").read_bytes()
