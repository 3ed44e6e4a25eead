"""The page's own files: named by their hash, compressed, and missed loudly."""

import gzip
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from api import assets
from tests.integration.api.parts import Caller
from tests.integration.api.visitor import Visitor

ROOT = Path(__file__).parents[3]


def test_a_file_named_by_its_hash_is_kept_for_ever(caller: Caller) -> None:
    page = Visitor(caller).get("/").text
    [address] = re.findall(r'rel="stylesheet" href="(/static/[0-9a-f]{12}/vendor/\w+.css)"', page)
    answer = caller.app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert all((assets.FOLDER / name).read_text() in answer.text for name in assets.SHEETS)


def test_a_file_of_another_version_is_given_as_it_is_now_and_not_kept(caller: Caller) -> None:
    answer = caller.app.test_client().get("/static/0123456789ab/page.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_files_and_pages_are_compressed_for_whoever_takes_that(caller: Caller) -> None:
    browser = caller.app.test_client()
    for path in ("/static/0123456789ab/page.css", "/"):
        packed = browser.get(path, headers={"Accept-Encoding": "br, gzip"})
        plain = browser.get(path)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        if path != "/":
            assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("name", ["../app.py", "vendor/.built-from", "nothing.css"])
def test_nothing_else_is_served(caller: Caller, name: str) -> None:
    assert caller.app.test_client().get(f"/static/0123456789ab/{name}").status_code == 404


def test_files_that_were_not_built_are_missed_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="make setup"):
        assets.register(Flask(__name__, static_folder=None), tmp_path)


def test_the_wheel_holds_what_the_page_is_made_of(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=280)
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    served = {f"api/static/{path.relative_to(assets.FOLDER)}" for path in _files(assets.FOLDER)}
    assert "api/static/vendor/htmx.js" in served
    assert served <= packed


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
