"""Models and how well they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from store.columns import Json, Moment
from store.tables.base import ID, SHA256, Table, one_of

_CHAMPION = text("state = 'champion'")


class ModelState(StrEnum):
    """One model is champion; candidates wait; archived ones were champion before."""

    CHAMPION = "champion"
    CANDIDATE = "candidate"
    ARCHIVED = "archived"


class Model(Table, table=True):
    """A model that the service knows; its id is `name@hash`.

    `path` is a folder on the machine that registered it, `blob` its archive for all the others.
    `job_id`: the retrain job that made it. `gate`: the decision whether it may be promoted, with
    `reasons` and figures. `data_version`: a hash of what it was trained on. `size`: bytes.
    """

    __tablename__ = "model"
    __table_args__ = (
        one_of("state", ModelState),
        Index(
            "ix_model_one_champion",
            "state",
            unique=True,
            sqlite_where=_CHAMPION,
            postgresql_where=_CHAMPION,
        ),
        Index(None, "name"),
        Index(None, "job_id"),
    )

    id: str = Field(primary_key=True, max_length=255)
    name: str = Field(max_length=200)
    state: str = Field(default=ModelState.CANDIDATE.value, max_length=16)
    path: str | None = Field(default=None, sa_type=Text)
    blob: str | None = Field(default=None, max_length=SHA256)
    card: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    parent: str | None = Field(default=None, max_length=255)
    job_id: str | None = Field(default=None, max_length=ID)
    gate: dict[str, Any] | None = Field(default=None, sa_type=Json)
    data_version: str | None = Field(default=None, max_length=SHA256)
    size: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Moment)
    promoted_at: datetime | None = Field(default=None, sa_type=Moment)


class Evaluation(Table, table=True):
    """One line of the accuracy log; it outlives the job and the dataset that it came from.

    `outcomes`: the blob of all puzzles' outcomes, JSON lines packed by gzip. `alert`: what the
    accuracy fell by, where it fell. `schedule`: what started it, such as `nightly`.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("job_id"),
        Index(None, "key_id", "id"),
        Index(None, "dataset_id", "id"),
        Index(None, "model", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    key_id: str | None = Field(default=None, max_length=ID)
    job_id: str | None = Field(default=None, max_length=ID)
    model: str = Field(max_length=255)
    dataset_id: str | None = Field(default=None, max_length=ID)
    dataset_name: str | None = Field(default=None, max_length=200)
    dataset_version: str | None = Field(default=None, max_length=SHA256)
    accuracy: float | None = None
    scored: int
    metrics: dict[str, Any] = Field(sa_type=Json, nullable=False)
    outcomes: str | None = Field(default=None, max_length=SHA256)
    alert: dict[str, Any] | None = Field(default=None, sa_type=Json)
    schedule: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=Moment)
