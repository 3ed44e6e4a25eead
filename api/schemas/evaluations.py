"""Evaluations: the accuracy log."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from api.schemas.fields import Id, Moment, PageQuery, View
from api.schemas.summary import ALERT, SUMMARY


class EvaluationPath(BaseModel):
    """An evaluation."""

    evaluation_id: Id


class EvaluationsQuery(PageQuery):
    """A page of the accuracy log, all or of one dataset or model."""

    dataset: Id | None = None
    model: str | None = Field(None, max_length=200)


class Evaluation(View):
    """One entry of the accuracy log."""

    id: str
    job: str | None = Field(validation_alias="job_id")
    model: str
    dataset: str | None = Field(validation_alias="dataset_id")
    dataset_name: str | None
    dataset_version: str | None
    accuracy: float | None
    scored: int
    metrics: Annotated[dict[str, Any], WithJsonSchema(SUMMARY)]
    schedule: str | None = Field(description="`nightly`, where nobody asked for it.")
    alert: Annotated[dict[str, Any] | None, WithJsonSchema(ALERT)]
    created_at: Moment


class EvaluationPage(View):
    """A page of evaluations, newest first."""

    items: list[Evaluation]
    next: str | None
