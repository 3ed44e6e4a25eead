"""The state machines."""

from enum import StrEnum

import pytest

from store import queues
from store.errors import InvalidState
from store.states import (
    CHUNK,
    ITEM,
    JOB,
    OPEN_ITEM,
    OPEN_JOB,
    ChunkState,
    ItemState,
    JobKind,
    JobStatus,
    StateMachine,
)


@pytest.mark.parametrize(
    ("machine", "states", "still_open"),
    [
        (JOB, JobStatus, OPEN_JOB),
        (ITEM, ItemState, OPEN_ITEM),
        (CHUNK, ChunkState, (ChunkState.READY, ChunkState.LEASED)),
    ],
)
def test_every_open_state_leads_to_an_end(
    machine: StateMachine[StrEnum], states: type[StrEnum], still_open: tuple[StrEnum, ...]
) -> None:
    first, *others = states
    assert all(machine.sources(state) for state in others)
    assert first in still_open
    for state in still_open:
        ends = [new for old, new in machine.steps if old == state and new not in still_open]
        assert ends


def test_an_allowed_step_gives_the_new_state() -> None:
    assert JOB.step("queued", JobStatus.RUNNING) == "running"


@pytest.mark.parametrize(
    ("old", "new"), [("cancelled", JobStatus.RUNNING), ("queued", JobStatus.SUCCEEDED)]
)
def test_any_other_step_is_refused(old: str, new: JobStatus) -> None:
    with pytest.raises(InvalidState, match=f"a job that is {old} cannot become {new}"):
        JOB.step(old, new)


def test_the_sources_of_a_state_are_those_that_lead_to_it() -> None:
    assert ITEM.sources(ItemState.IN_FLIGHT) == ["pending"]
    assert ITEM.sources(ItemState.CANCELLED) == ["in_flight", "pending"]


def test_what_has_a_result_or_was_cancelled_never_gets_another() -> None:
    assert not [new for old, new in ITEM.steps if old in (ItemState.DONE, ItemState.CANCELLED)]


def test_names_on_the_wire_are_pinned() -> None:
    assert queues.QUEUES == ("solve", "isolated", "train", "maintenance")
    assert queues.TASKS == ("orrery.run_chunk", "orrery.run_schedules")
    assert {kind.value: queues.queue_of(kind) for kind in JobKind} == {
        "solve": "solve",
        "evaluate": "solve",
        "import": "maintenance",
        "retrain": "train",
    }
