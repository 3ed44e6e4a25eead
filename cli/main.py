"""The `orrery` command."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import click

from cli.commands import SECTIONS
from cli.failures import expected
from cli.group import LazyGroup, overview

#: A shell's name for a process that Ctrl-C ended.
INTERRUPTED = 130


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    try:
        number = version("orrery")
    except PackageNotFoundError:
        number = "(not installed)"
    click.echo(f"orrery {number}")
    ctx.exit()


@click.pass_context
def _overview(ctx: click.Context) -> None:
    """Without a command: what there is, in a few lines."""
    if ctx.invoked_subcommand is None:
        click.echo(overview())


def _command() -> LazyGroup:
    group = LazyGroup("orrery", SECTIONS)
    group.help = "Solves solar-system icon puzzles: here and now, or as a job service."
    group.epilog = (
        "\b\nExample:\n  orrery solve picture.jpg\n\n"
        "'orrery COMMAND --help' tells more, each with an example.\n\n"
        "Exit status: 0 full success; 1 something failed, or an answer is missing; 2 wrong usage; "
        "130 Ctrl-C."
    )
    group.invoke_without_command, group.no_args_is_help = True, False
    group.callback = _overview
    group.context_settings = {
        "help_option_names": ["-h", "--help"],
        "color": False if os.environ.get("NO_COLOR") else None,
    }
    group.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the version and exit.",
        )
    )
    return group


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 success, 1 failure, 2 wrong usage."""
    try:
        status = _command().main(arguments, prog_name="orrery", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 1
    except Exception as error:
        line = expected(error)
        if line is None:
            raise
        click.echo(f"orrery: {line}", err=True)
        _leave_no_rest()
        return 1
    return status if isinstance(status, int) else 0


def _leave_no_rest() -> None:
    """Drop what standard output cannot take, a full disk say."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()


def _drop_output() -> None:
    # The interpreter flushes standard output once more on its way out.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
