"""`orrery beat`: the schedule and the dispatcher."""

import click


@click.command(epilog="\b\nExample:\n  orrery beat")
def beat() -> None:
    """Send ready work to the workers, sweep up after dead ones, start the nightly evaluation.

    Run one; a second one does no harm, and takes over when the first is gone.
    """
    from worker.beat import run

    run()
