"""A backup: the database at one moment, and every blob that it refers to.

The order makes it whole while the service runs. First the blobs that are referred to now, then the
database, then the blobs that came between: those are young, and the sweeper leaves young blobs
alone, so none that the copied database names can be gone. A backup into the same folder copies
only what is new; the one before stays whole until the new one is.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from store import clock, dumps, migrate, retention, version
from store.blobs import Blobs
from store.errors import BackupBroken, BlobMissing
from store.expiry import let_go
from store.session import open_database
from store.states import ChunkState
from store.tables import Chunk, Job

MANIFEST, BLOBS = "manifest.json", "blobs"
#: The shape of a backup; a later one that this code cannot read counts up.
FORMAT = 1
#: Blobs that are copied and made durable at a time.
GROUP = 200


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `file` is its database, `missing` blobs were not in the store."""

    format: int
    version: str
    schema: str
    database: str
    file: str
    sha256: str
    made_at: str
    jobs: int
    blobs: int
    missing: tuple[str, ...]


def back_up(database_url: str, blobs: Blobs, folder: Path) -> Manifest:
    """Make a backup, or bring the one in the folder up to date, while the service may run.

    Raises `DatabaseAway`, `BlobStoreAway`, `DiskFull` and `BackupBroken`.
    """
    if not dumps.is_there(database_url):
        raise BackupBroken("there is no database to back up; see ORRERY_DATABASE_URL, or --data")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Blobs(str(folder / BLOBS))
    database = open_database(database_url)
    try:
        with database.read() as session:
            now = set(retention.referenced(session))
    finally:
        database.dispose()
    copy(now, blobs, kept)
    file = folder / f"database-{secrets.token_hex(8)}"
    with dumps.dumped(database_url, file) as session:
        wanted = set(retention.referenced(session))
        jobs = session.execute(select(func.count()).select_from(Job)).scalar_one()
        schema = migrate.revision(session) or ""
    missing = copy(wanted, blobs, kept)
    manifest = Manifest(
        format=FORMAT,
        version=version.installed(),
        schema=schema,
        database=dumps.kind(database_url),
        file=file.name,
        sha256=_digest(file),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        jobs=jobs,
        blobs=len(wanted) - len(missing),
        missing=tuple(sorted(missing)),
    )
    _write(manifest, folder)
    _tidy(folder, manifest, kept, wanted)
    return manifest


def restore(folder: Path, database_url: str, blobs: Blobs) -> Manifest:
    """Put a backup into a database and a blob store that hold nothing; upgrades the schema.

    Raises `BackupBroken` for what is no whole backup or one of a newer version, and `InvalidState`
    when the database is not empty.
    """
    manifest = read(folder)
    if dumps.kind(database_url) != manifest.database:
        raise BackupBroken(
            f"the backup is of a {manifest.database} database; set ORRERY_DATABASE_URL to one"
        )
    file = folder / manifest.file
    if not file.is_file() or _digest(file) != manifest.sha256:
        raise BackupBroken(f"{file} is missing or damaged; take another backup")
    kept = Blobs(str(folder / BLOBS))
    missing = [sha for group in _all(kept) for sha in copy(group, kept, blobs)]
    if missing:
        raise BackupBroken(f"{len(missing)} blobs of the backup are gone; take another one")
    dumps.load(file, manifest.schema, database_url)
    migrate.upgrade(database_url)
    _free(database_url)
    return manifest


def _free(database_url: str) -> None:
    """End the leases of workers that a restored database knows and that are no more."""
    database = open_database(database_url)
    try:
        with database.begin() as session:
            leased = select(Chunk).where(col(Chunk.state) == ChunkState.LEASED.value)
            for chunk in session.scalars(leased).all():
                job = session.get_one(Job, chunk.job_id)
                let_go(session, job, chunk, clock.now(session))
    finally:
        database.dispose()


def read(folder: Path) -> Manifest:
    """Read what a backup says of itself; raises `BackupBroken`."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        known = {name: told[name] for name in Manifest.__dataclass_fields__}
        manifest = Manifest(**known | {"missing": tuple(known["missing"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupBroken(f"{folder} holds no backup: {MANIFEST} cannot be read") from error
    if manifest.format > FORMAT or not migrate.knows(manifest.schema):
        raise BackupBroken(
            f"the backup was made by a newer version, {manifest.version} with schema "
            f"{manifest.schema}, and this is {version.installed()} with {migrate.head()}: install "
            "the newer"
        )
    return manifest


def copy(shas: Iterable[str], source: Blobs, target: Blobs) -> list[str]:
    """Copy the blobs that are not there yet; gives those that the source does not have.

    Raises `BackupBroken` for one whose content is not what its name says.
    """
    missing: list[str] = []
    wanted = iter(shas)
    while group := list(islice(wanted, GROUP)):
        new = [sha for sha in group if not target.exists(sha)]
        missing += _copy(new, source, target)
    return missing


def _copy(shas: Sequence[str], source: Blobs, target: Blobs) -> list[str]:
    missing = []
    with target.batch() as batch:
        for sha in shas:
            try:
                content = source.get(sha)
            except BlobMissing:
                missing.append(sha)
                continue
            if batch.put(content) != sha:
                raise BackupBroken(f"the blob {sha} is damaged; remove it, its picture is lost")
    return missing


def _all(blobs: Blobs) -> Iterator[list[str]]:
    return blobs.older_than(datetime.now(UTC) + timedelta(days=1))


def _write(manifest: Manifest, folder: Path) -> None:
    new = folder / f"{MANIFEST}.new"
    new.write_text(json.dumps(asdict(manifest), indent=1) + "\n", "utf-8")
    new.replace(folder / MANIFEST)


def _tidy(folder: Path, manifest: Manifest, kept: Blobs, wanted: set[str]) -> None:
    """Remove what only the backup before needed."""
    for file in folder.glob("database-*"):
        if file.name != manifest.file:
            file.unlink()
    for group in _all(kept):
        for sha in group:
            if sha not in wanted:
                kept.delete(sha)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
