"""What goes over the wire: every body, query and answer, as pydantic models."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

JobKind = Literal["solve", "evaluate", "import", "retrain"]
Priority = Literal["low", "normal", "high"]
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Scope = Literal["read", "submit", "train", "admin"]


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
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits.")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
#: What a priority means.
SHARES = "`high` gets four times the share of the workers that `normal` gets, `low` a quarter."
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
ModelName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Letters, digits, `.`, `_`, `-`."
    ),
]


class Strict(BaseModel):
    """A request's part: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


class JobPath(BaseModel):
    """A job."""

    job_id: Id


class ResultPath(JobPath):
    """A picture of a job."""

    position: int = Field(ge=0, description="The picture's place among the inputs, from 0.")


class ModelPath(BaseModel):
    """A model."""

    model_id: str = Field(description="`name@hash`, or a name for the newest model of it.")


class KeyPath(BaseModel):
    """A key."""

    key_id: Id


class PageQuery(Strict):
    """How much of a list to return, and from where."""

    limit: int = Field(50, ge=1, le=500, description="How many items to return.")
    cursor: str | None = Field(
        None, max_length=500, description="The `next` of the page before; opaque."
    )


class ModelsQuery(PageQuery):
    """A page of models, all or in one state."""

    state: Literal["champion", "candidate", "archived"] | None = None


class JobsQuery(PageQuery):
    """A page of jobs, all or of one kind or status."""

    kind: JobKind | None = None
    status: JobStatus | None = None


class ResultsQuery(PageQuery):
    """A page of results, or all of them as a stream."""

    format: Literal["json", "jsonl", "csv"] = Field(
        "json", description="`jsonl` and `csv` stream all results and take no `cursor`."
    )
    failed: bool | None = Field(
        None, description="Only pictures with an error (true) or without one (false)."
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


class KeyBody(Strict):
    """Make an API key."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=4)
    expires_at: SentMoment | None = Field(None, description="RFC 3339; never where it is left out.")


class FieldProblem(BaseModel):
    """One wrong part of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
    missing: list[str] | None = Field(None, description="Of `/readyz`: what does not answer.")


class View(BaseModel):
    """A part of an answer; reads its fields from a row of the store."""

    model_config = ConfigDict(from_attributes=True)


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


class Model(View):
    """A model of the registry."""

    id: str
    name: str
    state: Literal["champion", "candidate", "archived"]
    parent: str | None = Field(description="The model that it was made from.")
    job: str | None = Field(None, validation_alias="job_id", description="The training's job.")
    data_version: str | None = Field(
        None, description="A hash of the labels and pictures that it was trained on."
    )
    size: int | None = Field(None, description="Bytes of its files.")
    card: dict[str, Any] = Field(
        description="`text` in Markdown; of a trained model also the figures of its parent "
        "(`before`) and of itself (`after`), counts and `warnings`."
    )
    gate: dict[str, Any] | None = Field(
        description="The latest decision: `passed`, `reasons`, `figures`, both `evaluations`."
    )
    created_at: Moment
    promoted_at: Moment | None


class ModelLineage(BaseModel):
    """A model, its parent, and so on."""

    items: list[Model]


class ModelPage(View):
    """A page of models, newest first."""

    items: list[Model]
    next: str | None


class Key(View):
    """An API key, without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class NewKey(Key):
    """An API key just made; the secret is shown this once."""

    key: str


class KeyPage(View):
    """A page of keys, newest first."""

    items: list[Key]
    next: str | None


class Health(BaseModel):
    """The service's state in a word."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Whether jobs can be accepted, and what else is missing."""

    status: Literal["ready", "degraded"]
    missing: dict[str, str] = Field(description="What does not answer, and what that means.")
