"""The examples of the help and of the documents are commands that this version understands."""

import re
import shlex
from pathlib import Path

import click
import pytest

from cli.commands import SECTIONS
from cli.group import LazyGroup
from tests.unit.cli.test_commands import every_command, resolve

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def understood(line: str) -> None:
    """Parse a command as a shell and click would; UsageError where that fails.

    Files need not be there, and what a placeholder stands for is not looked at.
    """
    words = shlex.split(line.split(" | ")[0].split(" > ")[0].split(" && ")[0], comments=True)
    words = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*", word)]
    command: click.Command = LazyGroup("orrery", SECTIONS)
    context = click.Context(command, info_name=words.pop(0))
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"no command {words[0]}"
        command, context = found, click.Context(found, parent=context, info_name=words.pop(0))
    values, _, _ = command.make_parser(context).parse_args(list(words))
    for parameter in command.get_params(context):
        value = values.get(parameter.name or "")
        if parameter.required and not isinstance(parameter, click.Option):
            assert value, f"{line}: {parameter.name} is missing"
        if isinstance(parameter.type, click.Choice | click.IntRange | click.FloatRange):
            _convert(parameter, value, context)


def _convert(parameter: click.Parameter, value: object, context: click.Context) -> None:
    given = value if isinstance(value, list | tuple) else [value]
    for one in given:
        if isinstance(one, str) and not one.isupper():
            parameter.type.convert(one, parameter, context)


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_the_examples_of_the_help_parse(path: tuple[str, ...]) -> None:
    command = resolve(path)
    taught = f"{command.help or ''}\n{command.epilog or ''}"
    examples = re.findall(r"^ *(?:Example: )?((?:[A-Z_]+=\S+ )*orrery .+)$", taught, re.MULTILINE)
    assert examples
    for example in examples:
        understood(example)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_examples_of_the_documents_parse(document: Path) -> None:
    blocks = re.findall(r"```(?:console|sh|bash)\n(.*?)```", document.read_text(), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    for line in lines:
        if re.match(r"(?:\$ )?orrery [a-z]", line):
            understood(line.removeprefix("$ "))


def test_a_wrong_example_would_be_found() -> None:
    with pytest.raises(click.UsageError):
        understood("orrery solve pictures/ --jsonn")
    with pytest.raises(click.UsageError):
        understood("orrery jobs list --kind dance")
    with pytest.raises(AssertionError):
        understood("orrery jobs lst")
