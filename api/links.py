"""What can be asked next: links from an answer that names a thing to the operations on it."""

from collections.abc import Iterator
from typing import Any

Json = dict[Any, Any]

#: The parameters that name a thing, by the schema of the answers that give its id.
NAMES = {
    "Job": ("job_id",),
    "Dataset": ("dataset_id",),
    "Evaluation": ("evaluation_id", "a", "b"),
    "Model": ("model_id",),
    "NewKey": ("key_id",),
}
#: Of a page, the first thing on it.
FIRST = "$response.body#/items/0/id"
ITSELF = "$response.body#/id"


def add(found: Json) -> None:
    """Write the links into a document."""
    for methods in found["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                links = dict(_links(found, answer))
                if links:
                    answer["links"] = links


def _links(found: Json, answer: Json) -> Iterator[tuple[str, Json]]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    expression = FIRST if name.endswith("Page") else ITSELF
    names = NAMES.get(name.removesuffix("Page"), ())
    for methods in found["paths"].values():
        for operation in methods.values():
            parameters = _parameters(operation, names, expression)
            if parameters:
                named = operation["operationId"]
                yield named, {"operationId": named, "parameters": parameters}


def _parameters(operation: Json, names: tuple[str, ...], expression: str) -> Json:
    """The required parameters of an operation, where one of them is among the names."""
    required = [it["name"] for it in operation.get("parameters", []) if it.get("required")]
    if not set(names) & set(required):
        return {}
    first = {"position": "0"} if "position" in required else {}
    return {name: expression for name in required if name in names} | first
