"""Labelled datasets, image by image."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from store.columns import Json, Moment
from store.tables.base import ID, SHA256, Table, one_of


class DatasetStatus(StrEnum):
    """A dataset is checked by a worker before it can be used."""

    CHECKING = "checking"
    READY = "ready"
    REJECTED = "rejected"


class Verdict(StrEnum):
    """What a person says of a label that was suspected."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


class Dataset(Table, table=True):
    """Pictures with labels; `version` is a hash of the content.

    `parent`: the id of the dataset that this one corrects, which may be gone. `origin`: `by` whom
    and `why` it was made, with its `changes`. `statistics`: what the check counted.
    """

    __tablename__ = "dataset"
    __table_args__ = (one_of("status", DatasetStatus), Index(None, "key_id", "id"))

    id: str = Field(primary_key=True, max_length=ID)
    key_id: str = Field(max_length=ID, foreign_key="api_key.id")
    name: str = Field(max_length=200)
    version: str = Field(max_length=SHA256)
    status: str = Field(default=DatasetStatus.CHECKING.value, max_length=16)
    labels: str = Field(max_length=SHA256)
    images: int
    puzzles: int | None = None
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json, nullable=False)
    nightly: bool = False
    parent: str | None = Field(default=None, max_length=ID)
    origin: dict[str, Any] | None = Field(default=None, sa_type=Json)
    statistics: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(sa_type=Moment)


class DatasetImage(Table, table=True):
    """One picture of a dataset, under the name that the labels use."""

    __tablename__ = "dataset_image"
    __table_args__ = (UniqueConstraint("dataset_id", "name"), Index(None, "blob"))

    dataset_id: str = Field(
        primary_key=True, max_length=ID, foreign_key="dataset.id", ondelete="CASCADE"
    )
    position: int = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    blob: str = Field(max_length=SHA256)


class LabelReview(Table, table=True):
    """What a person said of the label of one task; `correction`: what it should be."""

    __tablename__ = "label_review"
    __table_args__ = (one_of("verdict", Verdict),)

    dataset_id: str = Field(
        primary_key=True, max_length=ID, foreign_key="dataset.id", ondelete="CASCADE"
    )
    task: str = Field(primary_key=True, sa_type=Text)
    verdict: str = Field(max_length=16)
    correction: dict[str, Any] | None = Field(default=None, sa_type=Json)
    note: str = Field(default="", sa_type=Text)
    key_id: str | None = Field(default=None, max_length=ID)
    at: datetime = Field(sa_type=Moment)


class LabelSuspect(Table, table=True):
    """A label that the last audit of a dataset suspects; `place` 0 is the likeliest to be wrong.

    `detail`: all that the audit says of it, its correction too.
    """

    __tablename__ = "label_suspect"

    dataset_id: str = Field(
        primary_key=True, max_length=ID, foreign_key="dataset.id", ondelete="CASCADE"
    )
    place: int = Field(primary_key=True)
    task: str = Field(sa_type=Text)
    score: float
    detail: dict[str, Any] = Field(sa_type=Json, nullable=False)
