"""What probes are told."""

from typing import Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """The service's state in a word."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Whether jobs can be accepted, and what else is missing."""

    status: Literal["ready", "degraded"]
    missing: dict[str, str] = Field(description="What does not answer, and what that means.")
