"""Jobs: how they are asked for, and how far they are."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.fields import DatasetRef, Id, ModelRef, Moment, PageQuery, Strict, View

JobKind = Literal["solve", "evaluate", "import", "retrain"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Priority = Literal["low", "normal", "high"]

#: What a priority means.
SHARES = "`high` gets four times the share of the workers that `normal` gets, `low` a quarter."

ModelName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Letters, digits, `.`, `_`, `-`."
    ),
]


class JobPath(BaseModel):
    """A job."""

    job_id: Id


class JobsQuery(PageQuery):
    """A page of jobs, all or of one kind or status."""

    kind: JobKind | None = None
    status: JobStatus | None = None


class SolveFields(Strict):
    """How pictures are to be solved."""

    model: ModelRef | None = None
    priority: Priority = Field("normal", description=SHARES)


class DatasetJob(SolveFields):
    """Start a job over all pictures of a dataset."""

    dataset: DatasetRef


class RetrainJob(Strict):
    """Train a model on a dataset."""

    dataset: DatasetRef
    kind: Literal["full", "head"] = Field(
        "full",
        description="`full`: the parent's own encoder in all its weights. `head`: a linear layer "
        "on a frozen CLIP, the parent's where it has one.",
    )
    epochs: int | None = Field(
        None, ge=1, le=1000, description="How often each puzzle is trained on; 8, or 40 of a head."
    )
    seed: int = Field(0, ge=0, lt=1 << 31, description="The same seed and data: the same model.")
    name: ModelName | None = Field(
        None, description="What the model is called; else after the dataset and the kind."
    )
    parent: ModelRef | None = Field(
        None, description="The model to start from; the champion where it is left out."
    )
    promote: bool | None = Field(
        None,
        description="Whether the model becomes champion once it passes the gate, which needs the "
        "scope `admin`; as the service is set where it is left out.",
    )


class Failure(BaseModel):
    """Why there is no answer."""

    code: str
    message: str


class Progress(View):
    """How far a training is in its present stage."""

    stage: str = Field(
        description="`prepare`, `embed`, `train`, `digit`, `hint`, `calibrate` or `evaluate`."
    )
    done: int = Field(description="Pictures, batches of crops, or steps of training.")
    total: int
    epoch: int | None = Field(None, description="Of a stage that trains.")
    loss: float | None = Field(None, description="The mean loss of the epoch so far.")
    validation_auc: float | None = Field(
        None, description="ROC-AUC on held-back puzzles after the epoch before."
    )
    at: str = Field(description="When this was noted, RFC 3339.")


class Job(View):
    """A job and how far it is."""

    id: str
    kind: JobKind
    status: JobStatus
    total: int
    done: int = Field(description="Pictures that have their result, be it an error.")
    failed: int = Field(description="Pictures whose result is an error.")
    dataset: str | None = Field(validation_alias="dataset_id")
    model: str | None = Field(description="The model that solves; of a training, its parent.")
    priority: Priority = Field(description=SHARES)
    cancel_requested: bool
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    progress: Progress | None = Field(
        None, description="Of a training, while it runs and at its end."
    )
    error: Failure | None = Field(description="Why the job as a whole could not be carried out.")


class JobPage(View):
    """A page of jobs, newest first."""

    items: list[Job]
    next: str | None
