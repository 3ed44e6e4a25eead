"""Audits of a dataset's labels: suspects, reviews and corrections."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas.datasets import DatasetPath
from api.schemas.fields import ModelRef, Moment, Name, Strict, View
from store.corrections import Correction, TaskCorrection

Verdict = Literal["right", "wrong", "unsure"]
TaskId = Annotated[str, Field(min_length=1, max_length=500, description="The id of a task.")]
Text = Annotated[str, Field(max_length=2000)]

#: Corrections in one request.
MOST_CHANGES = 10_000


class AuditQuery(Strict):
    """Which model audits."""

    model: ModelRef | None = None


class ReviewPath(DatasetPath):
    """A task of a dataset."""

    task: TaskId


class ReviewBody(Strict):
    """What a person says of a task's label."""

    verdict: Verdict = Field(description="Whether the label is right.")
    correction: Correction | None = Field(
        None, description="What the label should be; only with the verdict `wrong`."
    )
    note: Text = Field("", description="For people.")


class Change(Strict):
    """A correction of one task."""

    task: TaskId
    correction: Correction


class CorrectionsBody(Strict):
    """Make a corrected version of a dataset."""

    why: Text = Field(min_length=1, description="For whoever asks later; kept with the version.")
    name: Name | None = Field(None, description="A name for people; else that of the dataset.")
    changes: list[Change] | None = Field(
        None,
        min_length=1,
        max_length=MOST_CHANGES,
        description="What to correct; where left out, what the reviews with the verdict `wrong` "
        "propose.",
    )

    def listed(self) -> list[TaskCorrection] | None:
        """The changes as the store applies them."""
        if self.changes is None:
            return None
        return [TaskCorrection(task=it.task, correction=it.correction) for it in self.changes]


class Review(View):
    """What a person said of a task's label."""

    task: str
    verdict: Verdict
    correction: dict[str, Any] | None
    note: str
    key: str | None = Field(validation_alias="key_id")
    at: Moment


class Suspect(BaseModel):
    """A label that is likely wrong."""

    task: str
    image: str
    kind: Literal["digit", "target", "answer", "ambiguous"]
    tile: int | None
    score: float = Field(description="0 to 1; the likeliest to be wrong come first.")
    confidence: float = Field(description="The model's probability of the proposed label.")
    self_confidence: float = Field(description="The model's probability of the given label.")
    message: str
    correction: dict[str, Any] = Field(description="The proposal, fit for a review.")
    review: Review | None


class SuspectPage(BaseModel):
    """A page of suspects, likeliest first."""

    items: list[Suspect]
    next: str | None
