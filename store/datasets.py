"""The verbs on datasets. `key_id` None stands for the administrator, who sees every dataset."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.clock import new_id, now
from store.errors import InvalidState, NotFound
from store.paging import Page
from store.states import OPEN_JOB
from store.tables import Dataset, DatasetImage, DatasetStatus, Job
from store.texts import storable


@dataclass(frozen=True, slots=True)
class NewImage:
    """A picture of a dataset: its path as the labels write it, and the blob that holds it."""

    name: str
    blob: str


def create(
    session: Session,
    key_id: str,
    name: str,
    version: str,
    labels: str,
    images: Sequence[NewImage],
    *,
    nightly: bool = False,
    parent: str | None = None,
    origin: dict[str, Any] | None = None,
) -> Dataset:
    """Add a dataset that is still to be checked.

    `version`: hash of the content, see `version_of`; `labels`: the blob of the labels; `parent` and
    `origin`: what it corrects, by whom, why and how.
    Raises `InvalidState` when two pictures have one name.
    """
    names = [storable(image.name) for image in images]
    if len(set(names)) < len(names):
        raise InvalidState("two pictures of the dataset have the same name; rename one")
    moment = now(session)
    dataset = Dataset(
        id=new_id(moment),
        key_id=key_id,
        name=storable(name)[:200],
        version=version,
        labels=labels,
        images=len(images),
        nightly=nightly,
        parent=parent,
        origin=origin,
        created_at=moment,
    )
    session.add(dataset)
    session.flush()
    rows = [
        {"dataset_id": dataset.id, "position": position, "name": names[position], "blob": it.blob}
        for position, it in enumerate(images)
    ]
    if rows:
        session.execute(insert(DatasetImage), rows)
    return dataset


def version_of(labels: bytes, images: Sequence[NewImage]) -> str:
    """The version of a dataset: a hash of its labels, its pictures and their names."""
    version = hashlib.sha256(labels)
    version.update(json.dumps(sorted((image.name, image.blob) for image in images)).encode())
    return version.hexdigest()


def get(session: Session, key_id: str | None, dataset_id: str) -> Dataset:
    """Read a dataset; raises `NotFound`, also when it is another key's."""
    dataset = session.get(Dataset, dataset_id, populate_existing=True)
    if dataset is None or key_id not in (None, dataset.key_id):
        raise NotFound(f"there is no dataset {dataset_id}")
    return dataset


def page(
    session: Session, key_id: str | None, limit: int, cursor: str | None = None
) -> Page[Dataset]:
    """List datasets, newest first; raises `InvalidCursor`."""
    query = select(Dataset).order_by(col(Dataset.id).desc()).limit(limit + 1)
    if key_id is not None:
        query = query.where(col(Dataset.key_id) == key_id)
    if cursor is not None:
        query = query.where(col(Dataset.id) < paging.decode(cursor, str))
    return paging.cut(session.scalars(query).all(), limit, lambda dataset: dataset.id)


def images(session: Session, dataset_id: str) -> list[DatasetImage]:
    """List the pictures of a dataset in order."""
    query = select(DatasetImage).where(col(DatasetImage.dataset_id) == dataset_id)
    return list(session.scalars(query.order_by(col(DatasetImage.position))))


def has_picture(session: Session, dataset_id: str, blob: str) -> bool:
    """Whether a picture, by its SHA-256, belongs to a dataset."""
    query = select(col(DatasetImage.position)).where(
        col(DatasetImage.dataset_id) == dataset_id, col(DatasetImage.blob) == blob
    )
    return session.scalars(query.limit(1)).first() is not None


def picture(session: Session, dataset_id: str, name: str) -> str | None:
    """Give the SHA-256 of the picture of this name, None where there is none."""
    query = select(col(DatasetImage.blob)).where(
        col(DatasetImage.dataset_id) == dataset_id, col(DatasetImage.name) == name
    )
    return session.scalars(query).one_or_none()


def checked(
    session: Session,
    dataset_id: str,
    *,
    status: str,
    puzzles: int,
    problems: Sequence[dict[str, Any]],
    statistics: dict[str, Any] | None = None,
) -> Dataset:
    """Write what the check found; `status`: `ready` or `rejected`. Raises `NotFound`."""
    dataset = get(session, None, dataset_id)
    dataset.status = DatasetStatus(status).value
    dataset.puzzles = puzzles
    dataset.problems = list(problems)
    dataset.statistics = statistics
    session.flush()
    return dataset


def delete(session: Session, key_id: str | None, dataset_id: str) -> Dataset:
    """Remove a dataset with its reviews; jobs that ended and its evaluations stay.

    Its blobs go later, with the sweeper, when nothing else refers to them. Raises `NotFound`, and
    `InvalidState` while a job that has not ended uses it.
    """
    dataset = get(session, key_id, dataset_id)
    session.refresh(dataset, with_for_update=True)
    at_work = select(col(Job.id)).where(
        col(Job.dataset_id) == dataset_id, col(Job.status).in_(OPEN_JOB)
    )
    job_id = session.scalar(at_work.limit(1))
    if job_id is not None:
        raise InvalidState(f"the job {job_id} still uses the dataset; cancel it, or wait")
    session.execute(
        update(Job)
        .where(col(Job.dataset_id) == dataset_id)
        .values(dataset_id=None)
        .execution_options(synchronize_session=False)
    )
    session.delete(dataset)
    session.flush()
    return dataset


def lineage(session: Session, key_id: str | None, dataset: Dataset) -> list[Dataset]:
    """List all versions of a dataset, oldest first: those it corrects, itself, its corrections.

    A version that was deleted parts those before it from those after it.
    """
    found = {dataset.id: dataset}
    before = session.get(Dataset, dataset.parent) if dataset.parent else None
    while before is not None and before.id not in found and key_id in (None, before.key_id):
        found[before.id] = before
        before = session.get(Dataset, before.parent) if before.parent else None
    waiting = list(found)
    while waiting:
        query = select(Dataset).where(col(Dataset.parent).in_(waiting))
        if key_id is not None:
            query = query.where(col(Dataset.key_id) == key_id)
        new = [row for row in session.scalars(query) if row.id not in found]
        found |= {row.id: row for row in new}
        waiting = [row.id for row in new]
    return sorted(found.values(), key=lambda row: row.id)


def abandon(session: Session, dataset_id: str) -> None:
    """Reject a dataset whose check came to nothing; one that was checked stays as it is."""
    message = "its check was stopped before it was done; upload the dataset again"
    problem = {"task": "", "code": "unchecked", "message": message}
    session.execute(
        update(Dataset)
        .where(col(Dataset.id) == dataset_id, col(Dataset.status) == DatasetStatus.CHECKING.value)
        .values(status=DatasetStatus.REJECTED.value, puzzles=0, problems=[problem])
        .execution_options(synchronize_session=False)
    )


def set_nightly(session: Session, key_id: str | None, dataset_id: str, *, nightly: bool) -> Dataset:
    """Say whether the dataset is evaluated every night; raises `NotFound`."""
    dataset = get(session, key_id, dataset_id)
    dataset.nightly = nightly
    session.flush()
    return dataset


def nightly(session: Session) -> list[Dataset]:
    """List the datasets that are ready and evaluated every night, oldest first."""
    query = select(Dataset).where(
        col(Dataset.nightly).is_(True), col(Dataset.status) == DatasetStatus.READY.value
    )
    return list(session.scalars(query.order_by(col(Dataset.id))))
