"""Every command in the table: it can be imported, and its help teaches by an example."""

from collections.abc import Iterator

import click
import pytest

from cli.commands import SECTIONS
from cli.group import LazyGroup
from cli.main import main


def paths(group: click.Group, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*prefix, name)
        if isinstance(command, click.Group):
            yield from paths(command, (*prefix, name))


def resolve(path: tuple[str, ...]) -> click.Command:
    command: click.Command = LazyGroup("orrery", SECTIONS)
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return command


def every_command() -> list[tuple[str, ...]]:
    return list(paths(LazyGroup("orrery", SECTIONS)))


@pytest.mark.parametrize("name", LazyGroup("orrery", SECTIONS).entries)
def test_every_name_in_the_table_is_a_command(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: orrery {name}")


def test_the_help_of_every_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    silent = []
    for path in every_command():
        assert main([*path, "--help"]) == 0
        shown = capsys.readouterr().out
        if "Example" not in shown or f"orrery {' '.join(path)}" not in shown.split("Example")[-1]:
            silent.append(" ".join(path))
    assert silent == []


def test_every_command_says_what_it_is_for() -> None:
    assert [" ".join(path) for path in every_command() if not resolve(path).help] == []


def test_every_option_is_described() -> None:
    bare = []
    for path in every_command():
        options = (p for p in resolve(path).params if isinstance(p, click.Option) and not p.hidden)
        bare += [f"{' '.join(path)} {option.opts[0]}" for option in options if not option.help]
    assert bare == []
