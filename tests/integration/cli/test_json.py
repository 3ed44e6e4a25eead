"""Every command that prints data prints it as JSON, too: one object, or one a line."""

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import httpx
import pytest

from cli.commands import SECTIONS
from cli.group import LazyGroup
from cli.main import main
from store.session import Database

#: Commands that print no data: they run until they are stopped, or only do something.
SILENT = {
    *("api", "beat", "worker", "demo", "completion"),
    *("backup", "restore"),
    *("health api", "health worker", "health trainer", "health beat", "db wait"),
    *("jobs delete", "datasets delete", "keys revoke"),
}
#: Commands of this machine; those of a service are run against its own document.
LOCAL = {
    *("solve", "explain", "evaluate", "generate", "train", "labels", "up", "doctor"),
    *("db upgrade", "db current", "models list", "models show", "models export", "models import"),
}

Document = dict[str, Any]


def leaves(group: click.Group, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, (*prefix, name))
        else:
            yield " ".join((*prefix, name)), command


COMMANDS = dict(leaves(LazyGroup("orrery", SECTIONS)))
REMOTE = sorted(COMMANDS.keys() - SILENT - LOCAL)


def test_every_command_that_prints_data_has_json() -> None:
    without = [
        name
        for name, command in COMMANDS.items()
        if name not in SILENT and not any("--json" in option.opts for option in command.params)
    ]
    assert without == []


def sample(schema: Document, document: Document) -> Any:
    """A value that a schema allows; null where it may be."""
    if "$ref" in schema:
        found: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return sample(found, document)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            null = {"type": "null"} in schema[several]
            return None if null else sample(schema[several][0], document)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _of_a_type(schema, document)


def _of_a_type(schema: Document, document: Document) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        return None if "null" in kind else sample({**schema, "type": kind[0]}, document)
    if kind == "array":
        return [sample(schema.get("items", {}), document)]
    if kind in ("string", "integer", "number", "boolean"):
        return {"string": "a word", "integer": 1, "number": 0.5, "boolean": True}[kind]
    return {name: sample(one, document) for name, one in schema.get("properties", {}).items()}


def answering(document: Document) -> Callable[[httpx.Request], httpx.Response]:
    """Answers each request by what the document says of it."""

    def answer(request: httpx.Request) -> httpx.Response:
        operation = _operation(document, request)
        status, response = next(it for it in operation["responses"].items() if it[0] < "3")
        content = response.get("content", {})
        if "application/json" not in content or request.url.params.get("format") == "jsonl":
            return httpx.Response(int(status), text='{"image": "1.jpg"}\n')
        body = sample(content["application/json"]["schema"], document)
        return httpx.Response(int(status), json=body)

    return answer


def _operation(document: Document, request: httpx.Request) -> Document:
    asked = request.url.path.split("/")
    fitting = [
        (path.count("{"), path)
        for path in document["paths"]
        if request.method.lower() in document["paths"][path]
        and len(asked) == len(path.split("/"))
        and all(p == a or p[:1] == "{" for p, a in zip(path.split("/"), asked, strict=True))
    ]
    assert fitting, request
    _, path = min(fitting)
    found: Document = document["paths"][path][request.method.lower()]
    return found


def arguments(command: click.Command, folder: Path) -> Iterator[str]:
    """A value for each argument and each option that has to be given."""
    for parameter in command.params:
        if isinstance(parameter, click.Argument) or parameter.required:
            if isinstance(parameter, click.Option):
                yield parameter.opts[0]
            yield _value(parameter.type, folder)


def _value(kind: click.ParamType, folder: Path) -> str:
    if isinstance(kind, click.Path):
        return str(folder / "1.jpg")
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    return "0"


@pytest.mark.parametrize("name", REMOTE)
def test_what_a_service_says_is_printed_as_json(
    name: str,
    service: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "1.jpg").write_bytes(b"a picture")
    url = os.environ["ORRERY_URL"]
    document = httpx.get(f"{url}/openapi.json", timeout=60).json()
    transport = httpx.MockTransport(answering(document))
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    monkeypatch.setattr("cli.client.ENDED", ("queued", "running", "succeeded"))
    status = main([*name.split(), *arguments(COMMANDS[name], tmp_path), "--json"])
    shown = capsys.readouterr()
    assert status in (0, 1), shown.err
    lines = shown.out.splitlines()
    assert lines, shown.err
    assert all(isinstance(json.loads(line), dict) for line in lines)
