"""`orrery db`: the schema of the database."""

import time

import click

from cli import options
from cli.console import write_json


@click.group()
def db() -> None:
    """Bring the database to the schema of this version.

    Example: ORRERY_DATABASE_URL=postgresql://orrery@db/orrery orrery db upgrade
    """


@db.command()
@click.option("--database-url", help="Overrides ORRERY_DATABASE_URL.")
@click.option("--revision", default="head", show_default=True, help="Where to stop.")
@options.as_json
def upgrade(database_url: str | None, revision: str, as_json: bool) -> None:
    """Make or change the tables; safe to run twice, and by several machines at once.

    Example: orrery db upgrade
    """
    from store import migrate

    reached = migrate.upgrade(database_url or _url(), revision)
    _tell(reached, migrate.head(), as_json)


@db.command()
@click.option("--database-url", help="Overrides ORRERY_DATABASE_URL.")
@options.as_json
def current(database_url: str | None, as_json: bool) -> None:
    """Print the revision of the database; exit 1 unless it is the one this version needs.

    Example: orrery db current
    """
    from store import migrate

    found, needed = migrate.current(database_url or _url()), migrate.head()
    _tell(found, needed, as_json)
    if found != needed:
        raise click.ClickException(f"this version needs {needed}; run 'orrery db upgrade'")


@db.command()
@click.option("--database-url", help="Overrides ORRERY_DATABASE_URL.")
@click.option(
    "--seconds", type=click.FloatRange(0), default=600.0, show_default=True, help="For how long."
)
def wait(database_url: str | None, seconds: float) -> None:
    """Wait until the database has what this version needs; a newer schema has.

    For parts that start beside 'orrery db upgrade'; a database that is away is waited for, too.

    Example: orrery db wait && orrery worker
    """
    end = time.monotonic() + seconds
    while why := _missing(database_url or _url()):
        if time.monotonic() > end:
            raise click.ClickException(f"{why}; run 'orrery db upgrade' of this version")
        time.sleep(1.0)


def _missing(url: str) -> str | None:
    from store import migrate
    from store.errors import DatabaseAway

    try:
        found = migrate.current(url)
    except DatabaseAway as error:
        return str(error)
    if migrate.serves(found):
        return None
    return f"the database is at {found or 'no schema'}, {migrate.head()} is needed"


def _tell(revision: str | None, needed: str | None, as_json: bool) -> None:
    if as_json:
        write_json({"revision": revision, "needed": needed})
    else:
        click.echo(revision or "none")


def _url() -> str:
    from store.settings import settings

    return settings().database_url
