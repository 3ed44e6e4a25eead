"""The manifests of Kubernetes: valid, hardened, and true to the images that they start."""

import re
import tomllib
from importlib import import_module
from typing import Any

import promql_parser
import pytest
from pydantic import BaseModel, ValidationError

from store.queues import QUEUES
from store.settings import Settings
from tests.containers.compose import ROOT, services
from tests.containers.kubernetes import OVERLAYS, Json, built, containers, find, of_kind, pods
from worker.settings import WorkerSettings

#: Where the models of an API group are, which Kubernetes' and KEDA's own schemas are made into.
GROUPS = {
    "": "cloudcoil.models.kubernetes.core",
    "apps": "cloudcoil.models.kubernetes.apps",
    "batch": "cloudcoil.models.kubernetes.batch",
    "policy": "cloudcoil.models.kubernetes.policy",
    "networking.k8s.io": "cloudcoil.models.kubernetes.networking",
    "keda.sh": "cloudcoil.models.keda",
}
EVERY = [(overlay, it) for overlay in OVERLAYS for it in built(overlay)]
EVERY_POD = [(overlay, name) for overlay in OVERLAYS for name in pods(overlay)]
#: Parts that stop by themselves after their last picture or request, and how long that may take.
GRACE = WorkerSettings().grace_seconds


def model(manifest: Json) -> type[BaseModel]:
    """The model of an object."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    found: type[BaseModel] = getattr(import_module(f"{GROUPS[group]}.{version}"), manifest["kind"])
    return found


def called(it: tuple[str, Json]) -> str:
    overlay, manifest = it
    return f"{overlay} {manifest['kind']} {manifest['metadata']['name'].rpartition('-')[2]}"


@pytest.mark.parametrize("it", EVERY, ids=called)
def test_every_object_follows_its_schema(it: tuple[str, Json]) -> None:
    _, manifest = it
    model(manifest).model_validate(manifest, extra="forbid")


@pytest.mark.parametrize(
    ("path", "value"),
    [("replica", 2), ("replicas", "two"), ("selector", None)],
    ids=["unknown field", "wrong type", "missing field"],
)
def test_a_schema_notices(path: str, value: Any) -> None:
    manifest = find("base", "Deployment", "api")
    broken = manifest | {"spec": manifest["spec"] | {path: value}}
    with pytest.raises(ValidationError):
        model(manifest).model_validate(broken, extra="forbid")


@pytest.mark.parametrize(("overlay", "name"), EVERY_POD)
def test_every_pod_keeps_the_restricted_standard_and_a_read_only_root(
    overlay: str, name: str
) -> None:
    pod = pods(overlay)[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    for container in containers(pod):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize(("overlay", "name"), EVERY_POD)
def test_every_container_says_what_it_needs_and_no_memory_is_without_end(
    overlay: str, name: str
) -> None:
    for container in containers(pods(overlay)[name]):
        resources = container["resources"]
        assert resources["requests"].keys() == {"cpu", "memory"}
        assert resources["limits"]["memory"]


@pytest.mark.parametrize(("overlay", "name"), EVERY_POD)
def test_what_a_pod_mounts_is_declared_and_what_is_written_is_bounded(
    overlay: str, name: str
) -> None:
    pod = pods(overlay)[name]
    claims = [
        it["metadata"]["name"]
        for workload in of_kind(overlay, "StatefulSet")
        if workload["metadata"]["name"] == name
        for it in workload["spec"]["volumeClaimTemplates"]
    ]
    declared = {volume["name"] for volume in pod["volumes"]} | set(claims)
    for container in containers(pod):
        assert {mount["name"] for mount in container["volumeMounts"]} <= declared
    for volume in pod["volumes"]:
        assert volume.get("emptyDir", {"sizeLimit": "none"})["sizeLimit"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_are_named_and_never_written_down(overlay: str) -> None:
    assert of_kind(overlay, "Secret") == []
    secret = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|BROKER_URL")
    settings = {name for it in of_kind(overlay, "ConfigMap") for name in it["data"]}
    for pod in pods(overlay).values():
        for container in containers(pod):
            settings |= {it["name"] for it in container.get("env", ())}
    assert [it for it in settings if secret.search(it) and not it.endswith("_FILE")] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_is_one_that_there_is(overlay: str) -> None:
    known = {
        f"ORRERY_{it.upper()}" for it in [*Settings.model_fields, *WorkerSettings.model_fields]
    }
    given = {name for it in of_kind(overlay, "ConfigMap") for name in it["data"]}
    for pod in pods(overlay).values():
        items = [volume["secret"]["items"] for volume in pod["volumes"] if "secret" in volume]
        given |= {it["key"].upper() for part in items for it in part}
        given |= {it["name"] for container in containers(pod) for it in container.get("env", ())}
    assert {name for name in given if name.startswith("ORRERY_")} <= known


def test_images_are_those_of_the_compose_file_at_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    foreign = {it["image"] for it in services().values() if ":" in it["image"]}
    ours = {f"{it['image']}:{version}" for it in services().values() if "build" in it}
    for overlay in OVERLAYS:
        used = {it["image"] for pod in pods(overlay).values() for it in containers(pod)}
        assert used <= foreign | ours


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_solves_does_not_train_and_no_queue_is_left_out(overlay: str) -> None:
    lines = {
        name: pods(overlay)[name]["containers"][0]["command"] for name in ("worker", "trainer")
    }
    served = {name: line[line.index("--queues") + 1].split(",") for name, line in lines.items()}
    assert served["trainer"] == ["train"]
    assert sorted(served["worker"] + served["trainer"]) == sorted(QUEUES)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_new_code_waits_for_its_schema_which_one_job_makes(overlay: str) -> None:
    assert pods(overlay)["migrate"]["containers"][0]["command"] == ["orrery", "db", "upgrade"]
    for name in ("api", "worker", "trainer", "beat"):
        [first] = pods(overlay)[name]["initContainers"]
        assert first["command"] == ["orrery", "db", "wait"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_request_is_sent_to_an_api_that_ends_or_is_not_ready(overlay: str) -> None:
    spec = find(overlay, "Deployment", "api")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    [container] = spec["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    command, seconds = container["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    # gunicorn answers for so long what has begun.
    graceful = import_module("api.gunicorn_conf").graceful_timeout
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] >= int(seconds) + graceful


@pytest.mark.parametrize("name", ["worker", "trainer"])
def test_a_worker_has_the_time_to_give_back_what_it_holds(name: str) -> None:
    pod = pods("base")[name]
    assert pod["terminationGracePeriodSeconds"] >= 2 * GRACE
    # A broker that is away must restart nobody.
    assert "livenessProbe" not in pod["containers"][0]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_selector_finds_the_pods_that_it_means(overlay: str) -> None:
    labels = {
        it["metadata"]["name"]: it["spec"]["template"]["metadata"]["labels"]
        for it in built(overlay)
        if it["kind"] in {"Deployment", "StatefulSet"}
    }
    for kind in ("Service", "PodDisruptionBudget", "Deployment", "StatefulSet"):
        for it in of_kind(overlay, kind):
            selector = it["spec"]["selector"]
            wanted = selector.get("matchLabels", selector).items()
            chosen = {name for name, found in labels.items() if wanted <= found.items()}
            assert chosen == {it["metadata"]["name"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_reached_but_the_api_and_names_are_found(overlay: str) -> None:
    policies = {it["metadata"]["name"]: it["spec"] for it in of_kind(overlay, "NetworkPolicy")}
    assert policies["all"]["podSelector"] == {}
    assert sorted(policies["all"]["policyTypes"]) == ["Egress", "Ingress"]
    assert "ingress" not in policies["all"]
    [names, others] = policies["all"]["egress"]
    assert names["to"][0]["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}
    assert {it["port"] for it in others["ports"]} == {5432, 6379, 443}
    opened = {name: it["ingress"][0] for name, it in policies.items() if "ingress" in it}
    assert [name for name, it in opened.items() if "from" not in it] == ["api"]


@pytest.mark.parametrize("overlay", ["cluster", "gpu"])
def test_workers_are_scaled_by_a_metric_of_the_api(overlay: str) -> None:
    assert "replicas" not in find(overlay, "Deployment", "worker")["spec"]
    scaled = find(overlay, "ScaledObject", "worker")["spec"]
    assert scaled["scaleTargetRef"] == {"name": "worker"}
    [trigger] = scaled["triggers"]
    service = find(overlay, "Service", "api")["metadata"]
    address = f"http://{service['name']}.{service['namespace']}.svc.cluster.local:8000/metrics"
    assert trigger["metadata"]["url"] == address
    metric = promql_parser.parse(trigger["metadata"]["valueLocation"])
    assert isinstance(metric, promql_parser.VectorSelector)
    assert metric.name == "orrery_items"
    assert float(trigger["metadata"]["targetValue"]) > 0


def test_a_gpu_worker_has_one_gpu_and_uses_it() -> None:
    [container] = pods("gpu")["worker"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert {"name": "ORRERY_DEVICE", "value": "cuda"} in container["env"]
