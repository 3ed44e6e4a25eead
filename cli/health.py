"""`orrery health`: whether a part of the service that runs on this machine is well."""

import click

from cli.errors import CliError

#: Seconds that the API has to answer.
TIMEOUT = 4.0


@click.group(epilog="\b\nExample:\n  orrery health worker && echo well")
def health() -> None:
    """Tell whether a part of the service on this machine is well; exit status 1 where it is not.

    Made for the health checks of containers and of process supervisors.
    """


@health.command(epilog="\b\nExample:\n  orrery health api --port 8000")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port that the API listens on.",
)
def api(port: int) -> None:
    """The API's process answers on its port."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise CliError(f"the API does not answer on port {port}: {error}") from error
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise CliError(f"the API on port {port} answers with status {status}")


@health.command(epilog="\b\nExample:\n  orrery health worker")
def worker() -> None:
    """A worker of this machine has its model loaded and said hello within half a minute."""
    from store.presence import WORKER

    _said_hello(WORKER, "worker", "it is loading its model")


@health.command(epilog="\b\nExample:\n  orrery health trainer")
def trainer() -> None:
    """A worker of this machine that only trains said hello within half a minute."""
    from store.presence import TRAINER

    _said_hello(TRAINER, "trainer", "it is starting")


@health.command(epilog="\b\nExample:\n  orrery health beat")
def beat() -> None:
    """A scheduler of this machine said hello within half a minute."""
    from store.presence import SCHEDULER

    _said_hello(SCHEDULER, "scheduler", "it is starting")


def _said_hello(kind: str, what: str, maybe: str) -> None:
    import socket

    from store.presence import present
    from store.settings import settings

    here = socket.gethostname()
    if not any(name.startswith(f"{here}:") for name in present(settings().broker_url, kind)):
        raise CliError(
            f"no {what} on this machine ({here}) said hello to the broker; "
            f"{maybe}, the broker is away, or the {what} is gone: see its log"
        )
