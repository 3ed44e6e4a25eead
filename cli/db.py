"""`orrery db`: the schema of the database."""

import click


@click.group()
def db() -> None:
    """Bring the database to the schema of this version.

    Example: ORRERY_DATABASE_URL=postgresql://orrery@db/orrery orrery db upgrade
    """


@db.command()
@click.option("--database-url", help="Overrides ORRERY_DATABASE_URL.")
@click.option("--revision", default="head", show_default=True, help="Where to stop.")
def upgrade(database_url: str | None, revision: str) -> None:
    """Make or change the tables; safe to run twice, and by several machines at once.

    Example: orrery db upgrade
    """
    from store import migrate

    click.echo(migrate.upgrade(database_url or _url(), revision))


@db.command()
@click.option("--database-url", help="Overrides ORRERY_DATABASE_URL.")
def current(database_url: str | None) -> None:
    """Print the revision of the database; exit 1 unless it is the one this version needs.

    Example: orrery db current
    """
    from store import migrate

    found, needed = migrate.current(database_url or _url()), migrate.head()
    click.echo(found or "none")
    if found != needed:
        raise click.ClickException(f"this version needs {needed}; run `orrery db upgrade`")


def _url() -> str:
    from store.settings import settings

    return settings().database_url
