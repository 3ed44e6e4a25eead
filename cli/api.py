"""`orrery api`: serves HTTP."""

import os
import sys

import click


@click.command(epilog="\b\nExample:\n  orrery api --host 0.0.0.0 --port 8000 --workers 2")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port."
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
def api(host: str, port: int, workers: int) -> None:
    """Serve the HTTP API and the web page until SIGTERM.

    Needs the database (ORRERY_DATABASE_URL), made with 'orrery db upgrade'. The broker may be
    away: jobs are accepted all the same. A preset ORRERY_API_KEY becomes the administrator's key.
    """
    _preset_key()
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = ["-c", "python:api.gunicorn_conf", "--bind", address, "--workers", str(workers)]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *command, "api.wsgi:app()"])  # noqa: S606


def _preset_key() -> None:
    from store import keys
    from store.session import open_database
    from store.settings import settings

    preset = settings().api_key
    if preset is None:
        return
    database = open_database(settings().database_url)
    try:
        with database.begin() as session:
            keys.ensure(session, preset.get_secret_value())
    finally:
        database.dispose()
