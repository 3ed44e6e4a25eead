"""Builds a request for every operation of the OpenAPI document, out of the document alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.integration.api.parts import Caller, Json, archive, document, form, picture

#: Parameters and fields by the name of what they refer to.
REFERENCES = {"a": "evaluation_id", "b": "evaluation_id", "dataset": "dataset_id"}
#: What a key can own; all the rest is shared, or for administrators.
OWNED = {"job_id", "dataset_id", "evaluation_id"}
#: What stands for a name that refers to nothing.
PLAIN = {
    "position": "0",
    "task": "1",
    "model_id": "small@0123456789ab",
    "key_id": "0" * 32,
    "kind": "csv",
    "picture": "0" * 64,
    "place": "0",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path, as the document describes it."""

    method: str
    template: str
    described: Json

    @property
    def name(self) -> str:
        """What it is called in a test's name."""
        return f"{self.method} {self.template}"

    @property
    def needs_key(self) -> bool:
        """Whether the document says that it takes a key."""
        return bool(self.described.get("security"))

    @property
    def scope(self) -> str:
        """The scope that the description says it needs."""
        return re.findall(r"Needs\s+the\s+scope\s+`(\w+)`", self.described["description"])[0]

    @property
    def refers_to(self) -> set[str]:
        """The kinds of owned things that it cannot do without."""
        names = {it["name"] for it in self._parameters() if it.get("required")}
        schema = self._json_schema()
        names |= set(schema.get("required", [])) if schema else set()
        return {REFERENCES.get(name, name) for name in names} & OWNED

    @property
    def lists(self) -> bool:
        """Whether it answers with a page of things, wherever it was asked."""
        answer = self.described["responses"].get("200", {}).get("content", {})
        schema = answer.get("application/json", {}).get("schema", {})
        return "{" not in self.template and {"items", "next"} <= set(_fields(schema))

    def request(self, ids: Mapping[str, str]) -> Json:
        """A request for the test client; `ids` says what names refer to.

        Raises `KeyError` for a parameter that nothing here knows a value for.
        """
        path, query = self.template, {}
        for parameter in self._parameters():
            if parameter.get("required"):
                name = parameter["name"]
                value = _value(name, ids)
                if parameter["in"] == "path":
                    path = path.replace(f"{{{name}}}", value)
                else:
                    query[name] = value
        assert "{" not in path, f"{self.name}: a part of the path is not described"
        return {"path": f"{path}?{urlencode(query)}", "method": self.method} | self._body(ids)

    def send(self, caller: Caller, ids: Mapping[str, str]) -> TestResponse:
        """Ask as somebody."""
        request = self.request(ids)
        return caller(request.pop("method"), request.pop("path"), **request)

    def _parameters(self) -> list[Json]:
        found: list[Json] = self.described.get("parameters", [])
        return found

    def _content(self) -> Json:
        found: Json = self.described.get("requestBody", {}).get("content", {})
        return found

    def _json_schema(self) -> Json | None:
        content = self._content().get("application/json")
        return None if content is None else resolved(content["schema"])

    def _body(self, ids: Mapping[str, str]) -> Json:
        schema = self._json_schema()
        if schema is not None:
            body = example(schema, ids)
            valid = Draft202012Validator(schema | {"components": document()["components"]})
            valid.validate(body)
            return {"json": body}
        if "multipart/form-data" in self._content():
            packed = archive({"labels.json": b"[]", "1.jpg": picture()})
            return {"data": form(archive=("a.zip", packed))}
        assert not self._content(), f"{self.name}: a body of a type that nothing here can build"
        return {}


def resolved(schema: Json) -> Json:
    """The schema itself, where only its name was given."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document()["components"]["schemas"][name] if name else schema
    return found


def _fields(schema: Json) -> Json:
    found: Json = resolved(schema).get("properties", {})
    return found


def example(schema: Json, ids: Mapping[str, str], name: str = "") -> Any:
    """The smallest value that fits a schema, with real ids where it refers to something."""
    schema = resolved(schema)
    if name in REFERENCES:
        return _value(name, ids)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {key: example(fields[key], ids, key) for key in schema.get("required", [])}
        case "array":
            return [example(schema["items"], ids)] * schema.get("minItems", 0)
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "string":
            return "x" * max(1, schema.get("minLength", 1))
    raise KeyError(f"no value is known for {name or schema}")


def _value(name: str, ids: Mapping[str, str]) -> str:
    kind = REFERENCES.get(name, name)
    return ids[kind] if kind in ids else PLAIN[kind]


def address(rule: Rule, ids: Mapping[str, str]) -> str:
    """The path of a route; raises `KeyError` for a part that nothing here knows a value for."""
    known = PLAIN | dict(ids)
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda name: known[name[1]], rule.rule)


def operations() -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(method.upper(), template, described)
        for template, methods in document()["paths"].items()
        for method, described in methods.items()
    ]
