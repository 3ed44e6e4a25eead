"""Jobs, their pictures, the chunks that workers lease, and the results."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from store.columns import Json, Moment, RowId
from store.states import (
    OPEN_ITEM,
    OPEN_JOB,
    ChunkState,
    ItemState,
    JobKind,
    JobStatus,
    Priority,
)
from store.tables.base import ID, REQUEST_ID, SHA256, Table, among, one_of

_OPEN_JOB = text(among("status", OPEN_JOB))
_OPEN_ITEM = text(among("state", OPEN_ITEM))
_READY = text("state = 'ready'")
_LEASED = text("state = 'leased'")
_FAILED = text("error_code IS NOT NULL")
_QUARANTINED = text("error_code = 'quarantined'")


class Job(Table, table=True):
    """A request that was accepted.

    `done` counts the pictures that have a result, `failed` those of them whose result is an error.
    `progress`: what a training last told, `stage`, `done`, `total`, `epoch`, `loss`,
    `validation_auc`, `at`.
    `answers`: of its results how many are `answered`, `unsure`, `wrong`, and have each digit.
    `request_id`: of the request that made it, for the logs.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("kind", JobKind),
        one_of("status", JobStatus),
        Index(None, "key_id", "id"),
        Index(None, "status", "id"),
        Index(None, "kind", "id"),
        Index("ix_job_open", "status", sqlite_where=_OPEN_JOB, postgresql_where=_OPEN_JOB),
        Index(None, "finished_at"),
        Index(None, "dataset_id"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    key_id: str = Field(max_length=ID, foreign_key="api_key.id")
    kind: str = Field(max_length=16)
    status: str = Field(default=JobStatus.QUEUED.value, max_length=16)
    total: int
    done: int = 0
    failed: int = 0
    cancel_requested: bool = False
    priority: str = Field(
        default=Priority.NORMAL.value, max_length=8, sa_column_kwargs={"server_default": "normal"}
    )
    params: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    dataset_id: str | None = Field(default=None, max_length=ID, foreign_key="dataset.id")
    model: str | None = Field(default=None, max_length=255)
    error: dict[str, Any] | None = Field(default=None, sa_type=Json)
    progress: dict[str, Any] | None = Field(default=None, sa_type=Json)
    answers: dict[str, int] | None = Field(default=None, sa_type=Json)
    request_id: str | None = Field(default=None, max_length=REQUEST_ID)
    created_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)


class Chunk(Table, table=True):
    """Some pictures of a job that travel together; the outbox of the broker.

    `attempts` counts the leases that ran out. `token` names the lease that holds it. The lowest
    `turn` in a queue is worked on first.
    """

    __tablename__ = "chunk"
    __table_args__ = (
        one_of("state", ChunkState),
        Index(None, "job_id"),
        Index(
            "ix_chunk_turn",
            "queue",
            "turn",
            "id",
            "available_at",
            sqlite_where=_READY,
            postgresql_where=_READY,
        ),
        Index("ix_chunk_leased", "lease_until", sqlite_where=_LEASED, postgresql_where=_LEASED),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    job_id: str = Field(max_length=ID, foreign_key="job.id", ondelete="CASCADE")
    queue: str = Field(max_length=32)
    isolated: bool = False
    state: str = Field(default=ChunkState.READY.value, max_length=16)
    token: str | None = Field(default=None, max_length=ID)
    owner: str | None = Field(default=None, max_length=255)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    available_at: datetime = Field(sa_type=Moment)
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    turn: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})


class Item(Table, table=True):
    """One picture of a job; `attempts` counts the leases that ran out while it was in flight."""

    __tablename__ = "item"
    __table_args__ = (
        one_of("state", ItemState),
        UniqueConstraint("job_id", "position"),
        Index("ix_item_open", "job_id", sqlite_where=_OPEN_ITEM, postgresql_where=_OPEN_ITEM),
        Index(None, "chunk_id"),
        Index(None, "blob"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    job_id: str = Field(max_length=ID, foreign_key="job.id", ondelete="CASCADE")
    position: int
    name: str = Field(sa_type=Text)
    blob: str = Field(max_length=SHA256)
    state: str = Field(default=ItemState.PENDING.value, max_length=16)
    chunk_id: int = Field(sa_type=RowId, foreign_key="chunk.id", ondelete="CASCADE")
    attempts: int = 0


class Result(Table, table=True):
    """What a picture came to: an answer or an error, exactly one.

    `x`, `y`: the answer point in pixels of the input picture. `seen`: what every stage saw.
    `correct`: of an evaluation, whether the answer agrees with the label. `thumbnail`: the blob of
    a small copy of the picture, over crops of what its answer stands on; None where there is none.
    """

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("job_id", "position"),
        Index(
            "ix_result_failed",
            "job_id",
            "position",
            "error_code",
            sqlite_where=_FAILED,
            postgresql_where=_FAILED,
        ),
        Index(
            "ix_result_quarantined",
            "job_id",
            sqlite_where=_QUARANTINED,
            postgresql_where=_QUARANTINED,
        ),
        Index(
            "ix_result_wrong",
            "job_id",
            "position",
            "correct",
            sqlite_where=text("correct = 0"),
            postgresql_where=text("NOT correct"),
        ),
        Index(None, "job_id", "digit", "position"),
        Index(None, "job_id", "confidence", "position"),
        Index(None, "created_at", "job_id"),
        Index(None, "thumbnail"),
    )

    item_id: int = Field(sa_type=RowId, primary_key=True, foreign_key="item.id", ondelete="CASCADE")
    job_id: str = Field(max_length=ID, foreign_key="job.id", ondelete="CASCADE")
    position: int
    image: str = Field(sa_type=Text)
    tile: int | None = None
    x: float | None = None
    y: float | None = None
    digit: int | None = None
    confidence: float | None = None
    error_code: str | None = Field(default=None, max_length=64)
    error_message: str | None = Field(default=None, sa_type=Text)
    model: str | None = Field(default=None, max_length=255)
    seen: dict[str, Any] | None = Field(default=None, sa_type=Json)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=Json)
    correct: bool | None = None
    thumbnail: str | None = Field(default=None, max_length=SHA256)
    seconds: float | None = None
    created_at: datetime = Field(sa_type=Moment)
