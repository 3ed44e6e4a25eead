"""The tables, one class each."""

from store.tables.access import ApiKey, Audit, Idempotency, ScheduleRun, WebSession
from store.tables.base import Table
from store.tables.datasets import (
    Dataset,
    DatasetImage,
    DatasetStatus,
    LabelReview,
    LabelSuspect,
    Verdict,
)
from store.tables.jobs import Chunk, Item, Job, Result
from store.tables.models import Evaluation, Model, ModelState
from store.tables.tallies import Tally

__all__ = [
    "ApiKey",
    "Audit",
    "Chunk",
    "Dataset",
    "DatasetImage",
    "DatasetStatus",
    "Evaluation",
    "Idempotency",
    "Item",
    "Job",
    "LabelReview",
    "LabelSuspect",
    "Model",
    "ModelState",
    "Result",
    "ScheduleRun",
    "Table",
    "Tally",
    "Verdict",
    "WebSession",
]
