"""Settings that the worker alone reads, from `ORRERY_*` variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.queues import TRAIN


class WorkerSettings(BaseSettings):
    """How a worker goes about its chunks.

    `solver` names what loads a solver, as `module:function`; it is called as
    `function(ref, device=…, threads=…)` and returns an object with `solve` and `model_id`.
    `micro_batch` pictures are computed between two looks at the database; 0: 8, or 32 on a GPU. A
    micro-batch that is solved for longer than `batch_seconds` ends its process, and so does a
    training that makes no step for `train_silence_seconds`. On SIGTERM a worker has `grace_seconds`
    to finish the micro-batch, or the step, that it is at. It serves the `queues`, names with commas
    between.
    """

    model_config = SettingsConfigDict(env_prefix="ORRERY_", extra="ignore")

    solver: str = "solver:load_solver"
    micro_batch: int = Field(default=0, ge=0)
    batch_seconds: float = Field(default=60.0, gt=0)
    train_silence_seconds: float = Field(default=1200.0, gt=0)
    grace_seconds: float = Field(default=20.0, gt=0)
    queues: str = ""

    def pictures_at_once(self, device: str) -> int:
        """The pictures of a micro-batch; a GPU is to have work for all threads that feed it."""
        return self.micro_batch or (8 if device == "cpu" else 32)

    @property
    def trains_only(self) -> bool:
        """Whether a worker solves nothing, and needs a model only while it trains."""
        return self.queues == TRAIN
