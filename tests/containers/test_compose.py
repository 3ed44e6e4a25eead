"""The compose file: valid, hardened, and true to the command line it starts."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from store.queues import QUEUES
from tests.containers.compose import ROOT, compose, instructions, services

#: Services that run our own images.
OURS = ("migrate", "api", "worker", "trainer", "worker-gpu", "beat")


def test_it_follows_the_compose_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    shown = subprocess.run(
        [*check, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0, shown.stdout


@pytest.mark.parametrize("name", services())
def test_every_container_is_hardened(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["pids_limit"] <= 512
    assert any(mount.startswith("/tmp:") for mount in service["tmpfs"])
    assert not {"privileged", "network_mode", "pid", "cap_add"} & service.keys()


@pytest.mark.parametrize("name", services())
def test_no_secret_stands_in_the_environment(name: str) -> None:
    environment: dict[str, str] = services()[name].get("environment", {})
    secret = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|_URL$")
    assert [k for k in environment if secret.search(k) and not k.endswith("_FILE")] == []


@pytest.mark.parametrize("name", ["worker", "trainer", "worker-gpu", "beat"])
def test_whatever_works_can_be_scaled(name: str) -> None:
    assert not {"container_name", "ports", "hostname"} & services()[name].keys()


@pytest.mark.parametrize("name", ["worker", "worker-gpu"])
def test_what_solves_does_not_train_and_no_queue_is_left_out(name: str) -> None:
    solving, training = (_queues(services()[it]) for it in (name, "trainer"))
    assert training == ["train"]
    assert sorted(solving + training) == sorted(QUEUES)


def _queues(service: dict[str, Any]) -> list[str]:
    *command, queues = service["command"]
    assert command == ["orrery", "worker", "--queues"]
    return str(queues).split(",")


def test_only_api_and_dashboard_are_published_and_on_loopback_by_default() -> None:
    published = {
        name: service["ports"] for name, service in services().items() if "ports" in service
    }
    assert published == {
        "api": ["${ORRERY_BIND:-127.0.0.1}:${ORRERY_PORT:-8000}:8000"],
        "grafana": ["${ORRERY_BIND:-127.0.0.1}:${ORRERY_GRAFANA_PORT:-3000}:3000"],
    }


def test_everything_else_stays_inside() -> None:
    assert compose()["networks"]["inside"] == {"internal": True}
    outside = [name for name, service in services().items() if "outside" in service["networks"]]
    assert outside == ["api", "grafana"]


@pytest.mark.parametrize("name", ["api", "worker", "trainer", "worker-gpu", "beat"])
def test_nothing_starts_before_the_database_is_upgraded_and_the_broker_answers(name: str) -> None:
    assert services()[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "valkey": {"condition": "service_healthy"},
    }


def test_the_upgrade_waits_for_the_database_and_runs_once() -> None:
    migrate = services()["migrate"]
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert migrate["restart"] == "no"


@pytest.mark.parametrize("name", [name for name in services() if name != "migrate"])
def test_every_part_that_serves_another_has_a_health_check(name: str) -> None:
    service = services()[name]
    if "build" in service:
        names = [instruction for instruction, _ in instructions(service["build"]["target"])]
        assert "HEALTHCHECK" in names
    else:
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", [name for name in services() if name not in OURS])
def test_foreign_images_are_pinned_and_do_not_run_as_root(name: str) -> None:
    service = services()[name]
    repository, _, tag = service["image"].partition(":")
    assert repository
    assert re.match(r"v?\d+\.\d+|\d", tag)
    assert service["user"].split(":")[0] not in {"0", "root"}


@pytest.mark.parametrize("name", OURS)
def test_own_images_are_built_from_a_stage_that_exists(name: str) -> None:
    build = services()[name]["build"]
    stages = {rest.split(" AS ")[-1] for name, rest in instructions() if name == "FROM"}
    assert build["target"] in stages
    arguments = {rest.split("=")[0] for name, rest in instructions() if name == "ARG"}
    assert set(build.get("args", {})) <= arguments


def test_services_of_one_image_are_built_alike() -> None:
    builds: dict[str, list[Any]] = {}
    for service in services().values():
        if "build" in service:
            builds.setdefault(service["image"], []).append(service["build"])
    assert all(build == alike[0] for alike in builds.values() for build in alike)


def test_every_name_that_a_service_uses_is_declared() -> None:
    whole = compose()
    for service in services().values():
        assert set(service["networks"]) <= whole["networks"].keys()
        assert set(service.get("secrets", [])) <= whole["secrets"].keys()
        assert set(service.get("depends_on", {})) <= services().keys()
        sources = [mount.split(":")[0] for mount in service.get("volumes", [])]
        named = {source for source in sources if not source.startswith(".")}
        assert named <= whole["volumes"].keys()
        assert all((ROOT / source).is_dir() for source in sources if source.startswith("."))


def test_the_broker_never_evicts_and_keeps_a_journal() -> None:
    lines = (ROOT / "deploy/valkey/valkey.conf").read_text().splitlines()
    assert {"maxmemory-policy noeviction", "appendonly yes"} <= set(lines)


def test_monitoring_starts_only_when_asked_for_and_reads_the_files_of_deploy() -> None:
    watching = {name: services()[name] for name in ("prometheus", "grafana")}
    assert all(service["profiles"] == ["monitoring"] for service in watching.values())
    mounts = [mount.split(":")[0] for it in watching.values() for mount in it["volumes"]]
    for file in ("prometheus/prometheus.yml", "grafana/dashboard.json"):
        assert f"./{(Path('deploy') / file).parent}" in mounts
        assert (ROOT / "deploy" / file).is_file()


def test_the_gpu_worker_starts_only_when_asked_for_and_reserves_a_gpu() -> None:
    service = services()["worker-gpu"]
    assert service["profiles"] == ["gpu"]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def test_every_secret_is_a_file_that_the_script_makes(tmp_path: Path) -> None:
    subprocess.run([ROOT / "deploy/make-secrets.sh", tmp_path], check=True, timeout=30)
    wanted = {Path(secret["file"]).name for secret in compose()["secrets"].values()}
    assert {path.name for path in tmp_path.iterdir()} == wanted
