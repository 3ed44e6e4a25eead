"""Replays: a past result, and what its picture gives now."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas.jobs import Failure
from api.schemas.results import Solved


class Replayed(BaseModel):
    """A past result and what was computed again from its picture.

    `same`: whether every field of the record, and all that the stages saw, is equal to the last
    digit; null until it is known. `differences` names what is not.
    """

    job: str = Field(description="The job that computes it again.")
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    error: Failure | None
    of: dict[str, Any] = Field(description="`job` and `position` of the past result.")
    same: bool | None
    differences: list[str]
    then: Solved
    again: Solved | None
    champion: Solved | None = Field(description="What today's champion says of the picture.")
    champion_agrees: bool | None = Field(description="Whether it gives the same tile.")
