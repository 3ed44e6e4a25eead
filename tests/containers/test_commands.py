"""Every command that a container starts is one that this version of `orrery` knows."""

import json

import click
import pytest

from cli.commands import SECTIONS
from cli.group import LazyGroup
from tests.containers.compose import instructions, services
from tests.containers.kubernetes import OVERLAYS, containers, pods


def exec_form(text: str) -> list[str]:
    """The words of an instruction like `CMD ["orrery", "api"]`."""
    words = json.loads(text[text.index("[") :])
    assert isinstance(words, list)
    return words


def started() -> list[list[str]]:
    """Commands and health checks of all container files that call `orrery`."""
    lines = [exec_form(rest) for name, rest in instructions() if name in {"CMD", "HEALTHCHECK"}]
    for service in services().values():
        lines.append(service.get("command", []))
        lines.append(service.get("healthcheck", {}).get("test", [])[1:])
    for container in (
        it for name in OVERLAYS for pod in pods(name).values() for it in containers(pod)
    ):
        lines.append(container.get("command", []))
        lines.append(container.get("readinessProbe", {}).get("exec", {}).get("command", []))
    return [list(it) for it in dict.fromkeys(map(tuple, lines)) if it and it[0] == "orrery"]


def test_some_commands_are_found() -> None:
    assert ["orrery", "worker"] in started()
    assert ["orrery", "db", "upgrade"] in started()


@pytest.mark.parametrize("line", started(), ids=" ".join)
def test_every_command_parses(line: list[str]) -> None:
    command: click.Command = LazyGroup("orrery", SECTIONS)
    arguments = line[1:]
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), arguments.pop(0))
        assert found is not None, line
        command = found
    command.make_context(line[1], arguments)
