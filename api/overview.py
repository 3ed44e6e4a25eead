"""What the overview shows: is it working, what is running, how well, and what needs attention."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api import charts, readiness
from api.readiness import Dependency
from api.schemas.jobs import JobPage
from api.services import Services
from store import evaluations, history, jobs, models, selection, throughput
from store.clock import now
from store.history import Point
from store.presence import Hello
from store.states import JobStatus
from store.tables import Job, Model

#: Rows of the list of jobs, points of the accuracy, and days that a failed job is told of.
JOBS, POINTS, DAYS = 6, 60, 7

#: What each part of the service is called.
NAMES = {
    "database": "Database",
    "schema": "Schema",
    "blobs": "Picture store",
    "room": "Disk room",
    "broker": "Broker",
    "workers": "Workers",
}


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs attention: what, and where to look."""

    text: str
    address: str | None = None
    bad: bool = True


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page."""

    parts: list[Dependency]
    workers: list[Hello]
    running: int
    queued: int
    waiting: int
    minutes: list[tuple[int, int]]
    jobs: JobPage
    champion: Model | None
    points: list[Point]
    concerns: list[Concern]

    @staticmethod
    def name(part: Dependency) -> str:
        """What a part of the service is called."""
        return NAMES.get(part.name, part.name.capitalize())

    @property
    def devices(self) -> str:
        """The devices of all workers, each with how many there are."""
        counted = Counter(worker.device for worker in self.workers if worker.device)
        return ", ".join(
            f"{count} \N{MULTIPLICATION SIGN} {name}" for name, count in counted.items()
        )

    @property
    def is_working(self) -> bool:
        """Whether all that the service needs is there."""
        return all(part.why is None for part in self.parts)

    @property
    def last_hour(self) -> int:
        """Pictures that got their result in the last hour."""
        return sum(count for _, count in self.minutes)

    @property
    def pace(self) -> float:
        """Pictures a minute, over the last five that are over."""
        over = [count for _, count in self.minutes[-6:-1]]
        return sum(over) / len(over)

    @property
    def latest(self) -> Point | None:
        """The champion's latest evaluation."""
        if self.champion is None:
            return None
        mine = (point for point in reversed(self.points) if point.model == self.champion.id)
        return next(mine, None)

    @property
    def throughput(self) -> dict[str, Any]:
        """The chart of pictures a minute."""
        return charts.throughput(self.minutes)

    @property
    def accuracy(self) -> dict[str, Any]:
        """The chart of accuracy over time."""
        return charts.accuracy(self.points)


def look(services: Services, tenant: str | None) -> Overview:
    """Look at the whole service, as one key sees it."""
    found = readiness.look(services)
    with services.database.read() as session:
        counts = jobs.counts(session, tenant)
        page = jobs.page(session, tenant, JOBS)
        return Overview(
            parts=found.parts,
            workers=found.workers,
            running=counts.jobs[JobStatus.RUNNING],
            queued=counts.jobs[JobStatus.QUEUED],
            waiting=counts.pending,
            minutes=throughput.per_minute(session, tenant),
            jobs=JobPage.model_validate(page),
            champion=models.champion(session),
            points=history.points(session, tenant, POINTS),
            concerns=[*_missing(found.parts), *_concerns(session, tenant)],
        )


def _missing(parts: list[Dependency]) -> Iterator[Concern]:
    for part in parts:
        if part.why is not None:
            yield Concern(f"{Overview.name(part)}: {part.why}", bad=part.needed)


def _concerns(session: Session, tenant: str | None) -> Iterator[Concern]:
    for row in evaluations.watched(session, tenant):
        if row.alert is not None:
            address = url_for("pages.evaluation", evaluation_id=row.id)
            yield Concern(f"{row.dataset_name}: {row.alert['message']}", address)
    for job_id, count in selection.quarantined(session, tenant, JOBS):
        several = "pictures were" if count > 1 else "picture was"
        address = url_for("pages.job", job_id=job_id, show="failed")
        yield Concern(
            f"{count} {several} set aside: workers stopped while at work on them", address
        )
    for job in _failed(session, tenant):
        message = (job.error or {}).get("message", "see its page")
        address = url_for("pages.job", job_id=job.id)
        yield Concern(f"A job failed ({job.kind}): {message}", address)


def _failed(session: Session, tenant: str | None) -> list[Job]:
    since = now(session) - timedelta(days=DAYS)
    page = jobs.page(session, tenant, JOBS, status=JobStatus.FAILED.value)
    return [job for job in page.items if job.created_at >= since]
