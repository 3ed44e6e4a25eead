"""The Dockerfile: what its linter asks for, and what this project promises of its images."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.containers.compose import ROOT, instructions

SCRIPTS = Path(sysconfig.get_path("scripts"))
IMAGES = ("api", "worker")


def test_hadolint_has_nothing_to_say() -> None:
    shown = subprocess.run(
        [SCRIPTS / "hadolint", "--no-color", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (shown.returncode, shown.stdout) == (0, "")


def test_the_base_is_pinned_by_a_version() -> None:
    stages = {rest.split(" AS ")[-1] for name, rest in instructions() if name == "FROM"}
    arguments = dict(rest.split("=", 1) for name, rest in instructions() if name == "ARG")
    for name, rest in instructions():
        base = rest.split(" AS ")[0]
        if name == "FROM" and base not in stages:
            image, _, tag = base.partition(":")
            assert image == "python"
            assert re.match(r"\d+\.\d+-slim-", arguments[tag.strip("${}")])


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_does_not_run_as_root(image: str) -> None:
    (user,) = [rest for name, rest in instructions(image) if name == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_starts_without_a_shell_and_tells_its_health(image: str) -> None:
    found = dict(instructions(image))
    command = json.loads(found["CMD"])
    assert command[:2] == ["orrery", image]
    assert json.loads(found["HEALTHCHECK"].split(" CMD ")[1])


def test_nothing_is_fetched_from_an_address_and_nothing_sensitive_is_baked_in() -> None:
    assert "ADD" not in {name for name, _ in instructions()}
    settings = [rest for name, rest in instructions() if name in {"ENV", "ARG"}]
    assert [rest for rest in settings if re.search(r"PASSWORD|SECRET|API_KEY", rest)] == []


def test_the_api_image_has_no_vision_stack() -> None:
    copied = [rest for name, rest in instructions("api") if name == "COPY"]
    assert [rest.split()[0] for rest in copied] == ["--from=api-packages"]
    assert not any("[worker]" in rest for _, rest in instructions("api-packages"))


def test_no_cache_is_left_in_an_image() -> None:
    for name, rest in instructions():
        if name == "RUN" and "apt-get install" in rest:
            assert "rm -rf /var/lib/apt/lists/*" in rest
    environment = " ".join(rest for name, rest in instructions("packages") if name == "ENV")
    assert "PIP_NO_CACHE_DIR=1" in environment
