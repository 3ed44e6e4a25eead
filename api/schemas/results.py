"""Results of jobs: the pictures as they were solved."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas.fields import PageQuery
from api.schemas.jobs import Failure, JobPath


class ResultPath(JobPath):
    """A picture of a job."""

    position: int = Field(ge=0, description="The picture's place among the inputs, from 0.")


class ResultsQuery(PageQuery):
    """A page of results, or all of them as a stream."""

    format: Literal["json", "jsonl", "csv"] = Field(
        "json", description="`jsonl` and `csv` stream all results and take no `cursor`."
    )
    failed: bool | None = Field(
        None, description="Only pictures with an error (true) or without one (false)."
    )


class Solved(BaseModel):
    """A solved picture; the point is in pixels of the picture, (x, y)."""

    image: str
    tile: int | None
    point: tuple[float, float] | None
    digit: int | None
    confidence: float | None
    error: Failure | None
    model: str | None
    position: int


class SolvedPage(BaseModel):
    """A page of solved pictures, in the order of the inputs."""

    items: list[Solved]
    next: str | None


class SolvedDetail(Solved):
    """A solved picture with what each stage of the solver saw."""

    seen: dict[str, Any] | None
    outcome: dict[str, Any] | None = Field(
        description="Of evaluations: the score by the label. Of trainings: the figures of the "
        "parent (`before`) and of the new model (`after`), and `warnings`."
    )
    seconds: float | None
