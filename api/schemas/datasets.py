"""Labelled datasets, and their versions."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Id, Moment, Name, Strict, View


class DatasetPath(BaseModel):
    """A dataset."""

    dataset_id: Id


class UploadQuery(Strict):
    """What an archive that is the whole body cannot say of itself."""

    name: Name | None = Field(None, description="A name for people.")
    nightly: bool | None = Field(None, description="Evaluate the champion on it every night.")


class DatasetBody(Strict):
    """Change a dataset's settings."""

    nightly: bool = Field(description="Evaluate the champion on it every night.")


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
