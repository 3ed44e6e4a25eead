"""Names that the API, the workers and messages on the way share; a test pins them."""

from store.states import JobKind

SOLVE = "solve"
#: Pictures that were in flight when a worker died, each in a chunk of its own.
ISOLATED = "isolated"
TRAIN = "train"
MAINTENANCE = "maintenance"

QUEUES = (SOLVE, ISOLATED, TRAIN, MAINTENANCE)

RUN_CHUNK = "orrery.run_chunk"
RUN_SCHEDULES = "orrery.run_schedules"

TASKS = (RUN_CHUNK, RUN_SCHEDULES)

_QUEUE_OF = {
    JobKind.SOLVE: SOLVE,
    JobKind.EVALUATE: SOLVE,
    JobKind.IMPORT: MAINTENANCE,
    JobKind.RETRAIN: TRAIN,
}


def queue_of(kind: str) -> str:
    """Name the queue on which the chunks of this kind of job travel."""
    return _QUEUE_OF[JobKind(kind)]


def kinds_of(queue: str) -> list[str]:
    """List the kinds of job whose chunks travel on a queue."""
    return [kind.value for kind, name in _QUEUE_OF.items() if name == queue]
