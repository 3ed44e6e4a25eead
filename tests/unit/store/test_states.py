"""The state machines."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest

from store import queues
from store.errors import InvalidState
from store.states import (
    CHUNK,
    ITEM,
    JOB,
    LEASE,
    OPEN_ITEM,
    OPEN_JOB,
    ChunkState,
    ItemState,
    JobKind,
    JobStatus,
    LeaseState,
    StateMachine,
    lease_state,
)

DRAWINGS = Path(__file__).parents[3] / "docs" / "architecture.md"


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


@pytest.mark.parametrize("machine", [JOB, ITEM, CHUNK, LEASE], ids=lambda machine: machine.name)
def test_the_drawing_shows_every_step_and_no_other(machine: StateMachine[StrEnum]) -> None:
    drawing = re.compile(rf"title: {machine.name}\n---\n(.*?)```", re.DOTALL)
    [drawn] = drawing.findall(DRAWINGS.read_text("utf-8"))
    steps = re.findall(r"^    (\w+) --> (\w+)", drawn, re.MULTILINE)
    assert sorted(steps) == sorted((old.value, new.value) for old, new in machine.steps)


def test_a_lease_is_overdue_from_the_moment_of_its_end() -> None:
    end = datetime(2026, 1, 31, tzinfo=UTC)
    assert lease_state(None, end) is LeaseState.FREE
    assert lease_state(end, end - timedelta(milliseconds=1)) is LeaseState.HELD
    assert lease_state(end, end) is LeaseState.OVERDUE


def test_names_on_the_wire_are_pinned() -> None:
    assert queues.QUEUES == ("solve", "isolated", "train", "maintenance")
    assert queues.TASKS == ("orrery.run_chunk", "orrery.run_schedules")
    assert {kind.value: queues.queue_of(kind) for kind in JobKind} == {
        "solve": "solve",
        "evaluate": "solve",
        "import": "maintenance",
        "retrain": "train",
    }
