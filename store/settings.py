"""Every setting of the service, read from `ORRERY_*` variables or from secret files."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.errors import InvalidSetting

#: Docker and Kubernetes mount secrets here, one file each, named like the variable in lower case.
SECRETS = Path("/run/secrets")

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """Where things are and how much of each is allowed; `ORRERY_X` sets `x`."""

    model_config = SettingsConfigDict(env_prefix="ORRERY_", extra="ignore", frozen=True)

    #: Everything that an embedded service keeps lies below this folder.
    data_dir: Path = Path(".data")
    #: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; default: SQLite in `data_dir`.
    database_url: str = Field(default="", repr=False)
    broker_url: str = Field(default="redis://127.0.0.1:6379/0", repr=False)
    #: A folder (`file:///…` or a plain path) or `s3://BUCKET/PREFIX`; default: in `data_dir`.
    blob_url: str = ""
    #: Becomes the administrator's key.
    api_key: SecretStr | None = None
    #: Where clients find the service.
    url: str = "http://127.0.0.1:8000"

    #: Seconds that a worker may stay silent before its chunk goes to another one.
    lease_seconds: Annotated[float, Field(gt=0)] = 60.0
    #: Pictures that travel together; 0: as many as take two seconds at the pace of late.
    chunk_size: Annotated[int, Field(ge=0)] = 0
    #: Pictures that one key may have waiting.
    max_pending_per_key: PositiveInt = 20_000
    #: Pictures that may wait in all.
    max_pending: PositiveInt = 100_000
    max_body_bytes: PositiveInt = 256 * MEBIBYTE
    max_files: PositiveInt = 10_000
    #: Requests that one key may send, such as `6000/minute`.
    rate_limit: str = "6000/minute"
    #: Progress streams that one API process serves at a time; each holds a thread.
    event_streams: PositiveInt = 24
    #: Signs the web page's cookies; without it the API keeps a random one in `data_dir`.
    session_key: SecretStr | None = None
    #: Bytes of disk that stay free: below this new pictures are refused.
    min_free_bytes: Annotated[int, Field(ge=0)] = 64 * MEBIBYTE
    #: Days after which finished jobs and their results are deleted; 0 keeps them.
    retention_days: Annotated[float, Field(ge=0)] = 30.0
    #: Local time (`HH:MM`) of the nightly evaluation; empty turns it off.
    nightly: str = "02:30"
    #: Whether a retrained model that passes the gate becomes the champion by itself.
    auto_promote: bool = False
    #: How many times the champion's seconds a puzzle a candidate may take to pass the gate.
    gate_latency: Annotated[float, Field(gt=0)] = 1.25
    #: By how much a candidate's calibration error may be above the champion's.
    gate_calibration: Annotated[float, Field(ge=0)] = 0.05

    #: `auto`, `cpu`, `cuda` …: where the nets run.
    device: str = "auto"
    #: Threads of one worker process; 0 lets the library choose.
    threads: Annotated[int, Field(ge=0)] = 0
    #: A model's folder or id; empty takes the champion, or the model that comes with the package.
    model: str = ""
    log_json: bool = False
    log_level: str = "INFO"

    @field_validator("nightly")
    @classmethod
    def _a_time_of_day(cls, value: str) -> str:
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is no time of day; write it like 02:30, or leave it empty")
        return value

    @model_validator(mode="after")
    def _places_in_the_data_folder(self) -> Self:
        folder = self.data_dir.absolute()
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{folder / 'orrery.db'}")
        if not self.blob_url:
            object.__setattr__(self, "blob_url", str(folder / "blobs"))
        return self


def load_settings() -> Settings:
    """Read the settings anew; raises `InvalidSetting` naming the variable and what is wrong."""
    try:
        return Settings(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
    except ValidationError as error:
        lines = (_complaint(entry["loc"], entry["msg"]) for entry in error.errors())
        raise InvalidSetting("; ".join(lines)) from None


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(part) for part in location).upper()
    return f"ORRERY_{name}: {message}" if name else message


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once; `settings.cache_clear()` reads them again."""
    return load_settings()
