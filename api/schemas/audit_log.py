"""The audit log."""

from typing import Any

from pydantic import Field

from api.schemas.fields import Moment, View


class AuditEntry(View):
    """Who did what to what."""

    id: int
    at: Moment
    key: str | None = Field(
        validation_alias="key_id", description="The id of the key; null is the service itself."
    )
    action: str = Field(description="Such as `key.create`, `model.promote` or `job.delete`.")
    subject: str = Field(description="The id of what it was done to.")
    detail: dict[str, Any]


class AuditPage(View):
    """A page of the audit log, newest first."""

    items: list[AuditEntry]
    next: str | None
