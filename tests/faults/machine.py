"""Fault 18: the verbs on leases in any order, as Hypothesis thinks them up."""

import random
import secrets

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import Fleet
from tests.faults.shape import Size
from tests.integration.store.test_lease_machine import Leases
from tests.servers import Postgres


def explore(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Run claim, begin, expire, record, release and cancel in many random orders."""
    chosen = settings(
        max_examples=size.times,
        stateful_step_count=size.pictures,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(rng.getrandbits(32))(_machine(fleet))
    run_state_machine_as_test(machine, settings=chosen)
    return Finding(f"{size.times} runs of up to {size.pictures} steps")


def _machine(fleet: Fleet) -> type[Leases]:
    if fleet.postgres is None:
        return Leases
    server: Postgres = fleet.postgres

    class OnPostgres(Leases):
        """The same on a server; every run has a database of its own."""

        def url(self) -> str:
            name = f"machine_{secrets.token_hex(8)}"
            server.execute(f"CREATE DATABASE {name}")
            self.held.callback(server.drop, name)
            return server.url(name)

    return OnPostgres


MACHINE = Experiment(
    18,
    "claim, expire, record, cancel in any order",
    explore,
    whole=Size(pictures=50, times=100),
    small=Size(pictures=15, times=2),
)
