"""What `make test` runs: the faults that need not run alone, small, half on each database."""

from tests.faults.experiment import BOTH, Experiment
from tests.faults.fleet import Fleet
from tests.faults.shape import Shape
from tests.faults.suite import EXPERIMENTS, carry_out

SEED = 20261125
#: One worker is enough for small sizes, and starts sooner. A process that is merely slow keeps its
#: lease, whose end would count as an attempt.
SHAPE = Shape(workers=1, lease=10.0)


def cases(database: str) -> list[Experiment]:
    """The experiments that are run on a database, all of them on one fleet."""
    return [
        it
        for it in EXPERIMENTS
        if database in it.databases
        and not it.alone
        and (len(it.databases) == 1 or it.number % 2 == BOTH.index(database))
    ]


def check(experiment: Experiment, fleet: Fleet) -> None:
    """Run an experiment, small; fails where a promise was broken."""
    outcome = carry_out(experiment, fleet, experiment.small, SEED)
    kept = (outcome.lost, outcome.doubled, outcome.broken) == (0, 0, ())
    assert kept, f"seed {SEED}: {outcome}"
