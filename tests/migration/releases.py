"""A fleet whose parts run the release that a link names, and a release with one more migration."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.fleet import ROOT, Fleet
from tests.faults.processes import Part
from tests.faults.shape import Shape
from tests.migration import activate

#: Adds to the tables that every request and every worker uses.
MIGRATION = '''"""A migration that only adds."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None


def upgrade() -> None:
    op.add_column("job", sa.Column("shade", sa.String(8), nullable=False, server_default="none"))
    op.add_column("item", sa.Column("shade", sa.String(8), nullable=True))
    op.create_table("shade", sa.Column("name", sa.String(8), primary_key=True))


def downgrade() -> None:
    op.drop_table("shade")
    op.drop_column("job", "shade")
    op.drop_column("item", "shade")
'''
NEXT = "9999_shades"


def next_release(folder: Path, head: str) -> None:
    """Write this release with one more migration into a folder."""
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    text = MIGRATION.format(revision=NEXT, before=head)
    (folder / "migrations" / "versions" / f"{NEXT}.py").write_text(text)


class Releases(Fleet):
    """Two APIs on one socket, two workers and a scheduler, which start as `current` says."""

    def __init__(self, held: ExitStack) -> None:
        super().__init__(held, "postgresql", Shape(workers=2, children=1, schedulers=1))
        self._made("old")
        self.choose("old")
        host, _, port = self.address.removeprefix("http://").rpartition(":")
        self._socket = held.enter_context(socket.create_server((host, int(port)), backlog=256))

    def choose(self, release: str) -> None:
        """Have whatever starts from now on run this release."""
        new = self.folder / "current.new"
        new.symlink_to(self.folder / release)
        new.replace(self.folder / "current")

    def _add(self, role: str, name: str, command: list[str]) -> None:
        if role != "api":
            super()._add(role, name, command)
            return
        number = self._socket.fileno()
        command = [sys.executable, str(activate.__file__), str(number), *_orrery("api")]
        for name in ("api-0", "api-1"):
            log = self.folder / f"{name}.log"
            variables = self._environment(role)
            self.keeper.parts.append(Part(name, command, variables, log, (number,)))

    def _environment(self, role: str) -> dict[str, str]:
        return super()._environment(role) | {
            "PYTHONPATH": os.pathsep.join([str(self.folder / "current"), str(ROOT)])
        }

    def orrery(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the release that is current."""
        variables = self._environment("operator")
        return subprocess.run(_orrery(*arguments), env=variables, capture_output=True, text=True)


def _orrery(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "cli", *arguments]


@contextmanager
def releases() -> Iterator[Releases]:
    """A running fleet of the old release."""
    with ExitStack() as held:
        fleet = Releases(held)
        fleet.start()
        yield fleet
