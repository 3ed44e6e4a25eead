"""What bodies, queries and answers are made of: kinds of values, and what all of them share."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits.")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
DatasetRef = Annotated[
    str, Field(pattern="^[!-~]{1,100}$", description="The id of a dataset; 404 where it is none.")
]
ModelRef = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._@-]{1,200}$",
        description="A registered model; the champion where it is left out.",
    ),
]


def utc(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC; the database keeps UTC, some drivers drop the zone."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(utc, return_type=str)]


def _rfc3339(value: object) -> object:
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("must be a time as RFC 3339 writes it, such as 2027-01-31T12:00:00Z")
    return value


_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
SentMoment = Annotated[datetime, BeforeValidator(_rfc3339)]


class Strict(BaseModel):
    """A request's part: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """A part of an answer; reads its fields from a row of the store."""

    model_config = ConfigDict(from_attributes=True)


class PageQuery(Strict):
    """How much of a list to return, and from where."""

    limit: int = Field(50, ge=1, le=500, description="How many items to return.")
    cursor: str | None = Field(
        None, max_length=500, description="The `next` of the page before; opaque."
    )


class IdempotencyHeader(BaseModel):
    """A key that makes a repeated request harmless."""

    idempotency_key: str | None = Field(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeat a request under one key and it creates one job, not two.",
    )
