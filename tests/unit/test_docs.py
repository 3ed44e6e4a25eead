"""What the documents name exists."""

import re
from pathlib import Path

import pytest

from cli.commands import SECTIONS
from cli.group import LazyGroup
from store.settings import Settings
from worker.settings import WorkerSettings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TOP_LEVEL = "api|benchmarks|cli|deploy|docs|migrations|solver|store|tests|worker"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    named = re.findall(rf"\b(?:{TOP_LEVEL})/[\w./-]*\w/?", document.read_text())
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_shows_is_there(document: Path) -> None:
    shown = set(re.findall(r"(?:^|`)orrery ([a-z]+)", document.read_text(), re.MULTILINE))
    assert shown <= LazyGroup("orrery", SECTIONS).entries.keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_a_document_shows_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = set(re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(), re.MULTILINE))
    assert shown <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_the_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def settings_table() -> dict[str, str]:
    """Variables and defaults as the operations page lists them."""
    text = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `(ORRERY_\w+)` \| .+ \|(.*)\|$", text, re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return {name: default.strip(" `").replace("\N{NO-BREAK SPACE}", "") for name, default in rows}


def test_the_operations_page_lists_every_setting_with_its_default() -> None:
    fields = {**Settings.model_fields, **WorkerSettings.model_fields}
    listed = settings_table()
    assert listed.keys() == {f"ORRERY_{name.upper()}" for name in fields}
    for name, field in fields.items():
        told = listed[f"ORRERY_{name.upper()}"]
        if isinstance(field.default, bool):
            assert told == ("on" if field.default else "off"), name
        elif isinstance(field.default, int | float):
            assert float(told.replace(" ", "")) == field.default, name
        elif field.default and name != "data_dir":
            assert told == field.default, name
