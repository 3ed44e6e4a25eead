"""A click group that imports a command only when it is called."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from textwrap import wrap

import click

from cli.commands import FIRST, SECTIONS, Entry

#: Columns that the overview takes.
OVERVIEW = 80


def overview() -> str:
    """What `orrery` alone says: the commands by purpose, and where to begin."""
    lines = [line for title, entries in SECTIONS.items() for line in _named(title, entries)]
    steps = max(map(len, FIRST))
    begin = [f"  {command.ljust(steps)}  {why}" for command, why in FIRST.items()]
    return "\n".join(
        [
            "Orrery solves solar-system icon puzzles.",
            "",
            *lines,
            "",
            "Begin with:",
            *begin,
        ]
    )


def _named(title: str, entries: Iterable[str]) -> list[str]:
    """A section's title and, beside it, the names of its commands."""
    width = max(map(len, SECTIONS))
    names = wrap(", ".join(entries), OVERVIEW - width - 4)
    heads = [title, *[""] * (len(names) - 1)]
    return [f"  {head.ljust(width)}  {line}" for head, line in zip(heads, names, strict=True)]


class LazyGroup(click.Group):
    """A group over a table of sections; listing the commands imports none of them."""

    def __init__(self, name: str, sections: Mapping[str, Mapping[str, Entry]]) -> None:
        super().__init__(name=name)
        self.sections = sections
        self.entries = {n: e for section in sections.values() for n, e in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command, or None where the table has no such name."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, attribute = entry.target.split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.target} is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        name = args[0]
        if name in self.entries or name.startswith("-"):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.entries, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "See the list with 'orrery --help'."
        raise click.UsageError(f"No such command {name!r}. {hint}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one block a section, all columns alike."""
        width = max(len(name) for name in self.entries)
        for title, entries in self.sections.items():
            with formatter.section(title):
                rows = [(name.ljust(width), entry.summary) for name, entry in entries.items()]
                formatter.write_dl(rows)
