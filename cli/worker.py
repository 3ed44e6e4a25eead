"""`orrery worker`: carries out jobs on this machine."""

import click


@click.command(epilog="\b\nExample:\n  orrery worker --concurrency 2 --queues solve,isolated")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    help="Processes that solve side by side, each with its own model; default: one, or one a GPU.",
)
@click.option(
    "--queues",
    envvar="ORRERY_QUEUES",
    help="Queues to serve, with commas between; default: ORRERY_QUEUES, or all of them.",
)
@click.option("--device", help="Where the nets run: auto, cpu, cuda …; default: ORRERY_DEVICE.")
@click.option(
    "--threads",
    type=click.IntRange(min=0),
    help="Threads of one process, 0 lets the library choose; default: ORRERY_THREADS.",
)
@click.option("--name", help="Name of this worker among others; default: its machine and number.")
@click.pass_context
def worker(
    ctx: click.Context,
    concurrency: int | None,
    queues: str | None,
    device: str | None,
    threads: int | None,
    name: str | None,
) -> None:
    """Carry out jobs until SIGTERM, which lets the pictures at hand finish first.

    Needs the database (ORRERY_DATABASE_URL), the broker (ORRERY_BROKER_URL) and the pictures'
    store (ORRERY_BLOB_URL). Either may go away for a while: the worker waits for them.

    One that serves the queue train alone loads a model only for a training, and leaves the
    processor to whoever else wants it.
    """
    from worker.serve import serve

    ctx.exit(serve(concurrency, chosen(queues), device, threads, name))


def chosen(queues: str | None) -> list[str]:
    """The queues named on the command line, all where none is; UsageError for an unknown one."""
    from store.queues import QUEUES

    names = [name.strip() for name in queues.split(",")] if queues else list(QUEUES)
    unknown = [name for name in names if name not in QUEUES]
    if unknown:
        raise click.BadParameter(
            f"no queue is named {unknown[0]!r}; there are {', '.join(QUEUES)}",
            param_hint="--queues",
        )
    return names
