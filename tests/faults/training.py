"""Fault 17: the API dies while a model is promoted, and trainings die on their way."""

import json
import random
import subprocess
import sys
import threading
from functools import partial

import httpx
from sqlalchemy import func, select
from sqlmodel import col

from store import models
from store.tables import Model, ModelState
from tests.faults.experiment import Experiment, Finding, last
from tests.faults.fleet import PATIENCE, ROOT, Fleet
from tests.faults.processes import kill
from tests.faults.shape import Size
from tests.servers import wait_until
from worker.meanwhile import meanwhile

#: Models that take the champion's place in turn.
NAMES = ("first", "second", "third")


def promote(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Kill processes of the API while models are promoted; there is one champion at every look.

    The whole experiment also kills a real training again and again (`benchmarks.retrain_kills`).
    """
    ids = [_model(fleet, name) for name in NAMES]
    looks: list[int] = []
    promoted = 0
    with meanwhile("watch", partial(_watch, fleet, looks)):
        for number in range(size.times):
            with meanwhile("killer", partial(_kill_soon, fleet, rng.uniform(0, 0.05))):
                promoted += _promote(fleet, ids[number % len(ids)])
            wait_until(fleet.ready, "the API", PATIENCE)
    found = Finding(
        f"{promoted} of {size.times} promotions answered; one champion at {len(looks)} looks"
    )
    found.require(set(looks) == {1}, f"champions at a look: {sorted(set(looks))}")
    if size.pictures:
        _killed_training(found, rng, size)
    return found


def _model(fleet: Fleet, name: str) -> str:
    with fleet.database.begin() as session:
        place = fleet.folder / name
        place.mkdir(exist_ok=True)
        return models.register(session, f"{name}@0123456789ab", name, path=str(place)).id


def _watch(fleet: Fleet, looks: list[int], over: threading.Event) -> None:
    champions = select(func.count()).where(col(Model.state) == ModelState.CHAMPION.value)
    while True:
        with fleet.database.read() as session:
            looks.append(int(session.scalar(champions) or 0))
        if over.wait(0.01):
            return


def _kill_soon(fleet: Fleet, seconds: float, _over: threading.Event) -> None:
    last(seconds)
    for pid in fleet.part("api").pids()[1:]:
        kill(pid)


def _promote(fleet: Fleet, model_id: str) -> bool:
    try:
        with fleet.new_client(5) as client:
            answer = client.post(f"/v1/models/{model_id}/promote", json={"force": True})
            return answer.is_success
    except httpx.TransportError:
        return False


def _killed_training(found: Finding, rng: random.Random, size: Size) -> None:
    campaign = [sys.executable, "-m", "benchmarks.retrain_kills", "--kills", str(size.times // 4)]
    campaign += ["--puzzles", str(size.pictures), "--seed", str(rng.randrange(1000))]
    run = subprocess.run(campaign, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    told = json.loads(run.stdout) if run.stdout else {"kept": False}
    found.figure += f"; a training killed {told.get('kills')} times: {told.get('status')}"
    found.require(told["kept"], f"training: {told or run.stderr[-300:]}")


TRAINING = Experiment(
    17,
    "promotion and training killed",
    promote,
    whole=Size(pictures=40, times=20),
    small=Size(times=3),
)
