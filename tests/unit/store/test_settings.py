"""Settings."""

from pathlib import Path

import pytest

from store import settings as module
from store.errors import InvalidSetting
from store.session import open_database, parse_url
from store.settings import load_settings


def test_everything_lies_in_the_data_folder_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORRERY_DATA_DIR", str(tmp_path))

    found = load_settings()

    assert found.database_url == f"sqlite:///{tmp_path}/orrery.db"
    assert found.blob_url == str(tmp_path / "blobs")


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORRERY_LEASE_SECONDS", "7.5")
    monkeypatch.setenv("ORRERY_NIGHTLY", "")
    monkeypatch.setenv("ORRERY_API_KEY", "secret")

    found = load_settings()

    assert (found.lease_seconds, found.nightly) == (7.5, "")
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "secret"


def test_no_secret_shows_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORRERY_API_KEY", "hush-1")
    monkeypatch.setenv("ORRERY_DATABASE_URL", "postgresql://me:hush-2@db/orrery")
    monkeypatch.setenv("ORRERY_BROKER_URL", "redis://:hush-3@broker/0")

    assert "hush" not in repr(load_settings())
    assert "hush" not in str(load_settings())


def test_secrets_may_be_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "orrery_api_key").write_text("from a file\n")
    monkeypatch.setattr(module, "SECRETS", tmp_path)

    found = load_settings().api_key

    assert found is not None
    assert found.get_secret_value() == "from a file"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ORRERY_NIGHTLY", "25:00"),
        ("ORRERY_LEASE_SECONDS", "0"),
        ("ORRERY_CHUNK_SIZE", "many"),
        ("ORRERY_MAX_PENDING", "-1"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(InvalidSetting, match=variable):
        load_settings()


def test_a_process_reads_its_settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module.settings.cache_clear()
    monkeypatch.setenv("ORRERY_CHUNK_SIZE", "5")
    first = module.settings()
    monkeypatch.setenv("ORRERY_CHUNK_SIZE", "6")

    assert module.settings() is first
    module.settings.cache_clear()
    assert module.settings().chunk_size == 6
    module.settings.cache_clear()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_the_usual_database_addresses_are_understood(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "orrery.db", "mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_database_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidSetting, match="ORRERY_DATABASE_URL"):
        open_database(url)
