"""Trains a model on a dataset; at its end the model is a candidate of the registry."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from solver.errors import DatasetError, ModelError, SolverError
from store import datasets, jobs, model_archive, models
from store.blobs import Blobs
from store.errors import BadModelArchive, BlobMissing, ForNow, NotFound
from store.leases import LeasedItem, NewResult
from store.session import Database
from store.settings import Settings
from store.tables import Job
from worker import promotion
from worker.errors import JobError, WorkerError
from worker.executors import Finished
from worker.materials import STAGES, place_for, write_pictures
from worker.solvers import Solvers
from worker.truths import Truths
from worker.watch import Watch
from worker.watchdog import silence_limit

if TYPE_CHECKING:
    from solver.finetune import Finetuned, Plan
    from solver.finetune.plan import Kind

log = logging.getLogger(__name__)

#: Workers that may die with a training that gets no farther meanwhile. So many, since an epoch may
#: take longer than a machine stays up that is being shut down and started again.
MAX_DEATHS = 60
#: Fields of a training that are too long for the outcome of its result.
LONG = ("outcomes", "outcomes_before", "path")


@dataclass(frozen=True, slots=True)
class Retrain:
    """Trains in a folder below `data_dir`; a training that was killed goes on from there.

    `silence_seconds`: without a step for that long the process ends, and another goes on.
    """

    database: Database
    blobs: Blobs
    truths: Truths
    solvers: Solvers
    settings: Settings
    silence_seconds: float

    def __call__(self, job: Job, items: Sequence[LeasedItem], watch: Watch) -> Finished | None:
        """Train; None where the watch said stop. Raises JobError, Later, ForNow."""
        [item] = items
        if item.attempts >= MAX_DEATHS:
            raise JobError("crashed", _crashed(job, item.attempts))
        try:
            with silence_limit(self.silence_seconds) as heard:
                watch.hear(heard)
                return self._trained(job, item, watch)
        except (ModelError, BadModelArchive) as error:
            raise JobError("model", str(error)) from error
        except (DatasetError, NotFound, BlobMissing) as error:
            raise JobError("dataset", str(error)) from error
        except SolverError as error:
            raise JobError("training", str(error)) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            message = f"{self.settings.data_dir} is full; free some room and train again"
            raise JobError("disk", message) from error
        except (WorkerError, ForNow):
            raise
        except Exception as error:
            # The same data and seed come to the same fault again.
            log.exception("job %s: the training has a fault", job.id)
            raise JobError("fault", f"the training stopped with a fault: {error!r}") from error

    def _trained(self, job: Job, item: LeasedItem, watch: Watch) -> Finished | None:
        from solver.finetune import Cancelled, finetune
        from solver.ocr import EasyOcr

        dataset_id = job.dataset_id or ""
        with self.database.read() as session:
            version = datasets.get(session, None, dataset_id).version
        with place_for(self.settings.data_dir.absolute() / "retraining", version) as place:
            parent = self.solvers.folder_of(job.model, named=job.params.get("model") != "champion")
            dataset = write_pictures(self.database, self.blobs, self.truths, dataset_id, place)
            out = place / "model"
            shutil.rmtree(out, ignore_errors=True)
            plan = _plan(job, item.name, self.settings.threads)
            try:
                made = finetune(
                    dataset, parent, out, place / STAGES, plan, watch.tell, watch.stop, EasyOcr()
                )
            except Cancelled:
                log.info("job %s: the training stopped", job.id)
                return None
            return self._finished(job, item, made)

    def _finished(self, job: Job, item: LeasedItem, made: Finetuned) -> Finished:
        """Store the model's archive; it is registered in the transaction that ends the job."""
        with TemporaryFile() as file:
            contents = model_archive.pack(made.path, file)
            file.seek(0)
            blob = self.blobs.put(file)
        shutil.rmtree(made.path)
        figures = _figures(made)
        held_out = self._names(job.dataset_id or "", {one.task for one in made.outcomes})

        def also(session: Session) -> None:
            model = models.register(
                session,
                contents.id,
                contents.name,
                blob=blob,
                size=contents.size,
                card={**figures, "text": contents.card},
                origin=models.Origin(made.parent_id, job.id, made.data_version),
            )
            promotion.propose(
                session, self.settings, jobs.get(session, None, job.id), model, held_out
            )

        result = NewResult(item.id, model=contents.id, outcome=figures)
        return Finished([result], also)

    def _names(self, dataset_id: str, ids: set[str]) -> list[str]:
        return [one.image for one in self.truths.read(dataset_id).puzzles if one.id in ids]


def _plan(job: Job, dataset: str, threads: int) -> Plan:
    from solver.finetune import Plan

    kind: Kind = "head" if job.params.get("kind") == "head" else "full"
    return Plan(
        kind=kind,
        epochs=job.params.get("epochs"),
        seed=job.params.get("seed", 0),
        name=job.params.get("name") or _name(dataset, kind),
        threads=threads or 1,
    )


def _name(dataset: str, kind: str) -> str:
    """A model's name out of a dataset's, in the characters that a name may have."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in dataset)
    return f"{plain.strip('._-')[:50] or 'dataset'}-{kind}"


def _figures(made: Finetuned) -> dict[str, Any]:
    """What is told of a training: all but the outcomes, puzzle by puzzle, as plain JSON."""
    plain = asdict(made)
    return {name: value for name, value in plain.items() if name not in LONG}


def _crashed(job: Job, deaths: int) -> str:
    progress = job.progress or {}
    where = f"at {progress['stage']} {progress['done']} of {progress['total']}" if progress else ""
    return (
        f"{deaths} workers died with this training {where or 'before its first step'}; their logs "
        "say why, most often memory: train on fewer puzzles, or give the worker more"
    )
