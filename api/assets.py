"""Serves the page's own files under the hash of them all: compressed, kept for ever."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

#: Where the files lie, and one of those that the build makes.
FOLDER = Path(__file__).parent / "static"
BUILT = "vendor/htmx.js"

#: The style sheets of every page, and where all are served as one: there Pico finds its icons.
SHEETS = ("vendor/pico.css", "theme.css", "page.css", "puzzle.css")
STYLE = "vendor/style.css"

#: Seconds that a browser keeps what is named by its hash: a year.
FOR_EVER = 31_536_000

#: Bytes from which an answer is worth compressing.
SMALL = 1000


class AssetsMissing(Exception):
    """The page's scripts and styles were not built; `make setup` or `pip install .` does that."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `packed`: compressed with gzip, None where that gains nothing."""

    content: bytes
    packed: bytes | None
    content_type: str


def register(app: Flask, folder: Path = FOLDER) -> None:
    """Serve a folder as `static`; its files are read once. Raises `AssetsMissing`."""
    if not (folder / BUILT).exists():
        raise AssetsMissing(f"{folder / BUILT} is missing: run 'make setup', or 'pip install .'")
    assets = {
        str(path.relative_to(folder)): _asset(path.name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    assets[STYLE] = _asset(STYLE, b"\n".join(assets[name].content for name in SHEETS))
    current = _version(assets)

    def send(version: str, filename: str) -> Response:
        if filename not in assets:
            raise NotFound("The page has no such file.")
        return _send(assets[filename], for_ever=version == current)

    def name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)

    app.add_url_rule("/static/<version>/<path:filename>", "static", send)
    app.url_defaults(name)


def _asset(name: str, content: bytes) -> Asset:
    packed = gzip.compress(content, 9, mtime=0)
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    text = kind.startswith("text/") or kind.endswith(("javascript", "xml"))
    return Asset(
        content,
        packed if len(packed) < len(content) else None,
        f"{kind}; charset=utf-8" if text else kind,
    )


def _version(assets: dict[str, Asset]) -> str:
    """A hash of all files, so that one that names another, relatively, gets what fits it."""
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(f"{name} {len(asset.content)}\n".encode() + asset.content)
    return digest.hexdigest()[:12]


def _send(asset: Asset, *, for_ever: bool) -> Response:
    packed = asset.packed is not None and _takes_gzip()
    response = Response(asset.packed if packed else asset.content, content_type=asset.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    # A page of another version of the service, which another process may serve, is asked again.
    response.headers["Cache-Control"] = (
        f"public, max-age={FOR_EVER}, immutable" if for_ever else "no-cache"
    )
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def compress(response: Response) -> Response:
    """Compress a page with gzip where the browser takes it."""
    html = response.mimetype == "text/html" and not response.is_streamed
    if not html or "Content-Encoding" in response.headers or response.content_length is None:
        return response
    response.vary.add("Accept-Encoding")
    if response.content_length >= SMALL and _takes_gzip():
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
