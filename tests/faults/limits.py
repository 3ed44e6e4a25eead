"""Limits of memory, and one long run with kills all the way: subcommands of `tests.faults`."""

import random
import threading
import time
from dataclasses import dataclass

import click

from tests.faults import oracle
from tests.faults.experiment import BOTH, pause
from tests.faults.fleet import Fleet, running
from tests.faults.processes import Part, kill, memory
from tests.faults.shape import Shape
from tests.faults.vision import batch
from worker.meanwhile import meanwhile

_on = click.option("--database", type=click.Choice(BOTH), default="postgresql", show_default=True)
_seed = click.option("--seed", default=1, show_default=True)


@click.command("endurance", epilog="\b\nExample:\n  python -m tests.faults endurance --every 3")
@_on
@_seed
@click.option("--pictures", default=20_000, show_default=True)
@click.option("--every", default=3.0, show_default=True, help="Seconds between two kills.")
@click.option("--each", default=0.05, show_default=True, help="Seconds a picture.")
def endurance(database: str, seed: int, pictures: int, every: float, each: float) -> None:
    """Solve many pictures while processes are killed all the time; memory before and after."""
    rng = random.Random(seed)
    with running(database) as fleet:
        before, began = _by_part(fleet), time.monotonic()
        half = pictures // 2
        jobs = [fleet.submit(batch(rng, count, each)) for count in (half, pictures - half)]
        kills = 0
        while any(fleet.job(job_id).finished_at is None for job_id in jobs):
            pause(rng, every)
            kills += kill(rng.choice(fleet.victims()))
        seconds = time.monotonic() - began
        fleet.wait_for_workers()
        verdict = oracle.judge(fleet.database, fleet.blobs, fleet.disk / "blobs", fleet.accepted)
        results = sum(fleet.job(job_id).done for job_id in jobs)
        click.echo(
            f"{database}, seed {seed}: {results} results of {pictures} pictures, "
            f"{kills} kills in {seconds:.0f} s; lost {verdict.lost}, doubled {verdict.doubled}; "
            f"broken {verdict.broken}"
        )
        _tell_memory(before, _by_part(fleet))


@click.command("uploads", epilog="\b\nExample:\n  python -m tests.faults uploads --pictures 10000")
@_on
@_seed
@click.option("--pictures", default=10_000, show_default=True)
@click.option("--batch", "size", default=1_000, show_default=True, help="Pictures a request.")
@click.option("--kilobytes", default=20, show_default=True, help="Size of a picture.")
def uploads(database: str, seed: int, pictures: int, size: int, kilobytes: int) -> None:
    """Upload many pictures and watch the API's memory."""
    rng = random.Random(seed)
    with running(database, Shape(workers=1, children=1)) as fleet:
        fleet.submit(batch(rng, 1))
        before = _by_part(fleet)
        peak = Peak(fleet.part("api"))
        with meanwhile("peak", peak.watch):
            filler = " " + "x" * (kilobytes * 1024)
            for _ in range(pictures // size):
                fleet.submit([text + filler for text in batch(rng, size)])
        click.echo(
            f"{pictures} pictures of {kilobytes} kB, {size} a request; peak {peak.most:.0f} MiB"
        )
        _tell_memory(before, _by_part(fleet))


@click.command("solving", epilog="\b\nExample:\n  python -m tests.faults solving --pictures 20000")
@_on
@_seed
@click.option("--pictures", default=20_000, show_default=True)
@click.option("--different", default=100, show_default=True, help="Puzzles that are drawn.")
def solving(database: str, seed: int, pictures: int, different: int) -> None:
    """Solve many real puzzles with the shipped model and watch the worker's memory."""
    from solver.generate import draw

    drawn = [draw(seed=seed, index=index, difficulty="mix").data for index in range(different)]
    real = Shape(workers=1, children=1, variables={"ORRERY_SOLVER": "solver:load_solver"})
    with running(database, real) as fleet:
        _tell_memory(_by_part(fleet), _by_part(fleet))
        done = 0
        while done < pictures:
            files = [("images", (f"{n}.png", data)) for n, data in enumerate(drawn)]
            answer = fleet.client.post("/v1/jobs/solve", files=files)
            done += fleet.wait(answer.raise_for_status().json()["id"], 3600).done
            if done % (10 * different) == 0:
                mib = memory(fleet.part("worker").pids()[1])
                click.echo(f"{done} pictures: {mib:.0f} MiB")


@dataclass(slots=True)
class Peak:
    """The most memory that one process of a part has had, in MiB."""

    part: Part
    most: float = 0.0

    def watch(self, over: threading.Event) -> None:
        """Look at the memory often."""
        while not over.wait(0.02):
            self.most = max(self.most, *map(memory, self.part.pids()))


def _by_part(fleet: Fleet) -> dict[str, list[float]]:
    return {part.name: [memory(pid) for pid in part.pids()] for part in fleet.keeper.parts}


def _tell_memory(before: dict[str, list[float]], after: dict[str, list[float]]) -> None:
    for name, was in before.items():
        told = [", ".join(f"{mib:.0f}" for mib in mibs) for mibs in (was, after[name])]
        click.echo(f"  {name}: {told[0]} MiB before, {told[1]} MiB after (main process first)")


COMMANDS = (endurance, uploads, solving)
