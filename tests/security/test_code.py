"""Nothing in the source unpickles, evaluates or runs a shell; what does is found by its syntax."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "benchmarks", "cli", "migrations", "solver", "store", "worker")

#: Modules whose files run code as they are read.
UNPICKLERS = {"cloudpickle", "dill", "joblib", "jsonpickle", "marshal", "pickle", "shelve"}
#: Reads the checkpoint of an installed package with an unpickler that makes arrays and no more.
RESTRICTED = Path("solver/runtime/checkpoint.py")
BUILTINS = {"__import__", "compile", "eval", "exec"}


def complaints(source: str) -> Iterator[str]:
    """What in a source could run what came from outside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names if it.name.split(".")[0] in UNPICKLERS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNPICKLERS:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from _call(node)


def _call(node: ast.Call) -> Iterator[str]:
    called, given = ast.unparse(node.func), {it.arg: ast.unparse(it.value) for it in node.keywords}
    if called in BUILTINS or called in ("os.system", "os.popen", "torch.hub.load"):
        yield called
    elif called == "torch.load" and given.get("weights_only") != "True":
        yield "torch.load without weights_only"
    elif called in ("torch.jit.load", "torch.package.PackageImporter"):
        yield called
    elif called in ("np.load", "numpy.load") and given.get("allow_pickle", "False") != "False":
        yield "numpy.load with pickles"
    elif (
        called.startswith("yaml.")
        and called.endswith(("load", "load_all"))
        and ("safe" not in called and "Safe" not in given.get("Loader", ""))
    ):
        yield called
    elif given.get("shell", "False") != "False":
        yield f"{called} with a shell"


BAD = [
    "import pickle",
    "from joblib import load",
    "import os.path, marshal",
    "eval(x)",
    "exec(open(x).read())",
    "os.system(x)",
    "torch.load(path)",
    "torch.load(path, weights_only=False)",
    "np.load(path, allow_pickle=True)",
    "yaml.load(x)",
    "yaml.load(x, Loader=yaml.Loader)",
    "subprocess.run(x, shell=True)",
]
GOOD = [
    "net.eval()",
    "torch.load(path, weights_only=True)",
    "np.load(path)",
    "yaml.safe_load(x)",
    "yaml.load(x, Loader=yaml.SafeLoader)",
    "re.compile(x)",
    "subprocess.run([x])",
]


@pytest.mark.parametrize("source", BAD)
def test_what_could_run_what_came_from_outside_is_seen(source: str) -> None:
    assert list(complaints(source))


@pytest.mark.parametrize("source", GOOD)
def test_what_only_looks_like_it_is_not(source: str) -> None:
    assert not list(complaints(source))


def test_nothing_in_the_source_runs_what_came_from_outside() -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (told := list(complaints(path.read_text())))
    }
    assert found == {str(RESTRICTED): ["pickle"]}


def test_the_one_unpickler_is_told_what_it_may_make() -> None:
    tree = ast.parse((ROOT / RESTRICTED).read_text())
    classes = [it for it in ast.walk(tree) if isinstance(it, ast.ClassDef)]
    [unpickler] = [it for it in classes if "pickle.Unpickler" in map(ast.unparse, it.bases)]
    methods = {it.name for it in unpickler.body if isinstance(it, ast.FunctionDef)}
    assert {"find_class", "persistent_load"} <= methods
    used = {ast.unparse(it.func) for it in ast.walk(tree) if isinstance(it, ast.Call)}
    assert not used & {"pickle.load", "pickle.loads", "pickle.Unpickler"}


def test_the_policy_of_the_pages_stands_in_one_file() -> None:
    naming = [
        path.name
        for path in (ROOT / "api").rglob("*.py")
        if "Content-Security-Policy" in path.read_text()
    ]
    assert naming == ["headers.py"]


def test_only_the_look_at_headers_opens_pictures_in_the_api() -> None:
    opening = [
        path.name
        for path in (ROOT / "api").rglob("*.py")
        if re.search(r"^\s*(from|import) PIL\b", path.read_text(), re.MULTILINE)
    ]
    assert opening == ["pictures.py"]
