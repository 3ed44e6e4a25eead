"""An upgrade may roll: the version before goes on working on the schema of the next one."""

import ast
from pathlib import Path

import pytest

_FIRST, *VERSIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("0*.py"))
#: What takes nothing from code that does not know of it; without an index it is slower.
ADDING = {"add_column", "create_table", "create_index", "drop_index", "execute", "f", "get_bind"}


def operations(path: Path) -> list[ast.Call]:
    """Every call `op.…(…)` in the upgrade of a migration."""
    tree = ast.parse(path.read_text())
    [upgrade] = [it for it in tree.body if isinstance(it, ast.FunctionDef) and it.name == "upgrade"]
    return [
        call
        for call in ast.walk(upgrade)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "op"
    ]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_takes_nothing_away(path: Path) -> None:
    found = operations(path)
    assert found
    names = {call.func.attr for call in found if isinstance(call.func, ast.Attribute)}
    assert names <= ADDING
    for call in found:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_column":
            # Old code fills in nothing: a new column must do without.
            assert "nullable=True" in ast.unparse(call) or "server_default" in ast.unparse(call)
