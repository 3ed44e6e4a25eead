"""What goes over the wire about labelled datasets, their audits and their corrections."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Id, ModelRef, Moment, Name, Strict, View
from store.corrections import Correction, TaskCorrection

Verdict = Literal["right", "wrong", "unsure"]
TaskId = Annotated[str, Field(min_length=1, max_length=500, description="The id of a task.")]
Text = Annotated[str, Field(max_length=2000)]

#: Corrections in one request.
MOST_CHANGES = 10_000


class DatasetPath(BaseModel):
    """A dataset."""

    dataset_id: Id


class ReviewPath(DatasetPath):
    """A task of a dataset."""

    task: TaskId


class UploadQuery(Strict):
    """What an archive that is the whole body cannot say of itself."""

    name: Name | None = Field(None, description="A name for people.")
    nightly: bool | None = Field(None, description="Evaluate the champion on it every night.")


class AuditQuery(Strict):
    """Which model audits."""

    model: ModelRef | None = None


class DatasetBody(Strict):
    """Change a dataset's settings."""

    nightly: bool = Field(description="Evaluate the champion on it every night.")


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


class LabelProblem(BaseModel):
    """What is wrong with a label or a picture."""

    model_config = ConfigDict(extra="allow")

    task: str | None = None
    code: str
    message: str


class Dataset(View):
    """A labelled dataset."""

    id: str
    name: str
    version: str = Field(description="A hash of the content: the same content, the same version.")
    status: Literal["checking", "ready", "rejected"]
    images: int
    puzzles: int | None
    problems: list[LabelProblem]
    nightly: bool
    parent: str | None = Field(description="The dataset that this one corrects.")
    statistics: dict[str, Any] | None = Field(
        description="What the check counted: `puzzles`, different `pictures`, `duplicates`, "
        "`digits`, named `answers`, `targets` by tile, `ambiguous` labels, `splits`, `sizes`; and "
        "under `audit` what the last audit did, with the `orbits` of the `+`."
    )
    created_at: Moment


class DatasetPage(View):
    """A page of datasets, newest first."""

    items: list[Dataset]
    next: str | None


class Measured(View):
    """How well a model did on a version."""

    id: str = Field(description="The evaluation.")
    model: str
    accuracy: float | None
    scored: int
    created_at: Moment


class Version(BaseModel):
    """A version of a dataset, with its latest evaluations."""

    id: str
    version: str
    name: str
    parent: str | None
    created_at: Moment
    evaluations: list[Measured]


class Origin(BaseModel):
    """Where a corrected version comes from."""

    by: dict[str, Any] = Field(description="The `id` and the `name` of the key.")
    why: str
    changes: list[dict[str, Any]] = Field(
        description="Every change: the `task`, `what` was changed, `from` what, `to` what."
    )


class DatasetDetail(Dataset):
    """A labelled dataset, where it comes from, and all its versions, oldest first."""

    origin: Origin | None
    versions: list[Version]


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
