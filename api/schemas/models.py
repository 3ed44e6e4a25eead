"""Models of the registry, the gate before a promotion, and the promotion."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas.fields import DatasetRef, Moment, PageQuery, Strict, View


class ModelPath(BaseModel):
    """A model."""

    model_id: str = Field(description="`name@hash`, or a name for the newest model of it.")


class ModelsQuery(PageQuery):
    """A page of models, all or in one state."""

    state: Literal["champion", "candidate", "archived"] | None = None


class GateJob(Strict):
    """Hold a candidate against the champion."""

    dataset: DatasetRef
    split: Literal["test", "all"] = Field(
        "test",
        description="`test`: the puzzles that the candidate's training on this dataset kept to "
        "judge by, or that the labels name as test. `all`: every puzzle, for a dataset that was "
        "never trained on.",
    )


class Promotion(Strict):
    """How to promote a model."""

    force: bool = Field(False, description="Promote it although the gate refused it.")


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
