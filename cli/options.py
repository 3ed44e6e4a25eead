"""Options that every command with a solver has, each with the variable that stands for it."""

import click

from cli.local_models import choose

model = click.option(
    "--model",
    metavar="REF",
    callback=choose,
    envvar="ORRERY_MODEL",
    show_envvar=True,
    help="The model, by name, id or folder; default: the one that ships.",
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
