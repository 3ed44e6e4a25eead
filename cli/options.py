"""Options that every command with a solver has, each with the variable that stands for it."""

from collections.abc import Sequence
from pathlib import Path

import click

from cli.local_models import choose, choose_all, complete

model = click.option(
    "--model",
    metavar="REF",
    callback=choose,
    shell_complete=complete,
    envvar="ORRERY_MODEL",
    show_envvar=True,
    help="The model, by name, id or folder; default: the one that ships.",
)


class Ref(click.types.StringParamType):
    """A model's name, id or folder, as a value that may hold blanks in a variable, too."""

    name = "ref"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """One value, whatever is in it."""
        return (rv,)


models = click.option(
    "--model",
    "models",
    metavar="REF",
    type=Ref(),
    multiple=True,
    callback=choose_all,
    shell_complete=complete,
    envvar="ORRERY_MODEL",
    show_envvar=True,
    help="The model, by name, id or folder; default: the one that ships. Several are compared.",
)

priority = click.option(
    "--priority",
    type=click.Choice(["low", "normal", "high"]),
    default="normal",
    show_default=True,
    help="The job's share of the workers: high gets four times what normal does, low a quarter.",
)

device = click.option(
    "--device",
    default="auto",
    show_default=True,
    envvar="ORRERY_DEVICE",
    show_envvar=True,
    help="cpu, cuda, or auto: the GPU where there is one.",
)

threads = click.option(
    "--threads",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    envvar="ORRERY_THREADS",
    show_envvar=True,
    help="Pictures solved side by side; 0: one a processor.",
)

#: The data folder, for commands that look after a service on this machine.
data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of an 'orrery up'; default: ORRERY_DATA_DIR, or .data.",
)

#: One JSON object, for commands that tell of one thing.
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

#: JSON lines, for commands that list things.
as_lines = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
