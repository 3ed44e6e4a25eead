"""Who may do what, and who did: keys, sign-ins, idempotency records, the audit log, slots."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from store.columns import Json, Moment, RowId
from store.tables.base import ID, SHA256, Table


class ApiKey(Table, table=True):
    """A key that calls the API; of its text only a SHA-256 is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("digest"), Index(None, "prefix"))

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=200)
    prefix: str = Field(max_length=64)
    digest: str = Field(max_length=SHA256)
    scopes: list[str] = Field(sa_type=Json, nullable=False)
    preset: bool = False
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class WebSession(Table, table=True):
    """A visitor of the web page who signed in with a key; of the cookie's token only a SHA-256."""

    __tablename__ = "web_session"
    __table_args__ = (Index(None, "expires_at"),)

    digest: str = Field(primary_key=True, max_length=SHA256)
    key_id: str = Field(max_length=ID, foreign_key="api_key.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class Idempotency(Table, table=True):
    """A request that made a job, so that its repetition finds the job again."""

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "job_id"),)

    key_id: str = Field(
        primary_key=True, max_length=ID, foreign_key="api_key.id", ondelete="CASCADE"
    )
    idempotency_key: str = Field(primary_key=True, max_length=255)
    digest: str = Field(max_length=SHA256)
    # The record is written before its job, in the same transaction.
    job_id: str = Field(
        max_length=ID,
        sa_column_args=[
            ForeignKey("job.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
        ],
    )
    created_at: datetime = Field(sa_type=Moment)


class ScheduleRun(Table, table=True):
    """A slot of a schedule that somebody has taken; nobody else runs it."""

    __tablename__ = "schedule_run"

    schedule: str = Field(primary_key=True, max_length=64)
    slot: str = Field(primary_key=True, max_length=64)
    job_ids: list[str] = Field(default_factory=list, sa_type=Json, nullable=False)
    created_at: datetime = Field(sa_type=Moment)


class Audit(Table, table=True):
    """Who did what to what; rows are only ever added, which triggers in the database enforce."""

    __tablename__ = "audit"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    at: datetime = Field(sa_type=Moment)
    key_id: str | None = Field(default=None, max_length=ID)
    action: str = Field(max_length=64)
    subject: str = Field(max_length=255)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
