"""docs/security.md names a test for each promise; each of them is there, and none is left out."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)`(?:, `(test_\w+)`)?", TEXT))


def functions(path: Path) -> set[str]:
    """The tests of a file."""
    found = ast.walk(ast.parse(path.read_text()))
    return {it.name for it in found if isinstance(it, ast.FunctionDef)}


def test_every_test_that_the_document_names_is_there() -> None:
    assert len(NAMED) > 15
    for file, name in NAMED:
        assert (ROOT / file).exists(), file
        assert not name or name in functions(ROOT / file), f"{file}: {name}"


def test_every_test_file_of_this_folder_is_named() -> None:
    named = {file for file, _ in NAMED}
    here = {str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("test_*.py")}
    assert here - named == {"tests/security/test_promises.py"}
