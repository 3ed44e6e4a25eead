"""Adds a dataset, uploaded or corrected, together with the job that checks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api import labels
from api.accepting import limits, publish
from api.auth import caller
from api.services import services
from store import audit, datasets, jobs
from store.accept import NewItem
from store.datasets import NewImage
from store.tables import Dataset


@dataclass(frozen=True, slots=True)
class NewDataset:
    """A dataset whose blobs are stored; `action` is what the audit log calls it."""

    key_id: str
    name: str
    version: str
    labels: str
    images: Sequence[NewImage]
    nightly: bool
    action: str
    parent: str | None = None
    origin: dict[str, Any] | None = None


class _Repeated(Exception):
    """Rolls back what a repeated request wrote; carries the dataset it made at first."""

    def __init__(self, dataset_id: str) -> None:
        self.dataset_id = dataset_id


def add(new: NewDataset, idempotency: tuple[str, str] | None) -> Dataset:
    """Add a dataset to be checked, or find the one that the same request made before."""
    try:
        return _accept(new, idempotency)
    except _Repeated as repeated:
        with services().database.read() as session:
            return datasets.get(session, caller().tenant, repeated.dataset_id)


def _accept(new: NewDataset, idempotency: tuple[str, str] | None) -> Dataset:
    """Write the dataset and the job that checks it in one transaction, then tell the workers."""
    with services().database.begin() as session:
        row = datasets.create(
            session,
            new.key_id,
            new.name,
            new.version,
            new.labels,
            new.images,
            nightly=new.nightly,
            parent=new.parent,
            origin=new.origin,
        )
        job, created = jobs.accept(
            session,
            caller().key_id,
            "import",
            [NewItem(labels.LABELS, new.labels)],
            chunk_size=1,
            dataset_id=row.id,
            idempotency=idempotency,
            limits=limits(),
        )
        if not created:
            raise _Repeated(job.dataset_id or "")
        detail = {"images": row.images} | ({"parent": new.parent} if new.parent else {})
        audit.note(session, caller().key_id, new.action, row.id, detail)
    publish(job.id)
    return row
