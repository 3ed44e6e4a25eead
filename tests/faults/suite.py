"""All experiments, and how one is run and judged."""

import random
import time
from dataclasses import dataclass

from tests.faults import (
    accepting,
    broker,
    cancelling,
    clock,
    database,
    full_disk,
    kills,
    leaving,
    machine,
    oracle,
    poison,
    slow_clients,
    stale,
    training,
    twins,
)
from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import Fleet
from tests.faults.shape import Size

EXPERIMENTS = (
    kills.KILLS,
    broker.FLUSH,
    broker.RESTART,
    broker.FREEZE,
    broker.SWALLOW,
    database.RESTART,
    accepting.DEATHS,
    accepting.REPEATS,
    stale.PAUSE,
    poison.POISONED,
    full_disk.FULL,
    clock.SHIFT,
    twins.PAIR,
    slow_clients.CROWD,
    cancelling.CANCELS,
    leaving.TERMINATE,
    training.TRAINING,
    machine.MACHINE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table."""

    number: int
    title: str
    database: str
    seed: int
    lost: int
    doubled: int
    figure: str
    seconds: float
    broken: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken and not self.lost and not self.doubled


def carry_out(experiment: Experiment, fleet: Fleet, size: Size, seed: int) -> Outcome:
    """Run an experiment on a running fleet, let all work end, and ask the oracle."""
    # A seed of its own for each fault, the same on both databases.
    rng = random.Random(f"{experiment.number} {seed}")
    began = time.monotonic()
    try:
        finding = experiment.run(fleet, rng, size)
    except Exception as error:
        finding = Finding("broke off", [f"{type(error).__name__}: {error}".partition("\n")[0]])
    try:
        fleet.wait_all()
    except AssertionError as error:
        finding.broken.append(str(error))
    verdict = oracle.judge(fleet.database, fleet.blobs, fleet.disk / "blobs", fleet.accepted)
    return Outcome(
        experiment.number,
        experiment.title,
        fleet.kind,
        seed,
        verdict.lost,
        verdict.doubled,
        finding.figure,
        round(time.monotonic() - began, 1),
        (*finding.broken, *verdict.broken),
    )
