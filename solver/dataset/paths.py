"""Finds the picture that a task means among those that are there."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from solver.errors import DatasetError

#: The folder where pictures usually are.
IMAGES = "images"
#: What Label Studio puts before the name of an uploaded file.
UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{4,32}-")
#: How Label Studio serves a file of a local folder.
LOCAL_FILE = re.compile(r"/local-files/?\?(?:[^#]*&)?d=([^&#]*)")


class OutsideFolder(DatasetError):
    """A path leads out of the dataset's folder."""


def find(image: str, folder: str, images: Collection[str]) -> str | None:
    """The name in `images` that a path in the labels means, or None.

    `folder` is where the labels lie, relative to the dataset. Paths of Label Studio
    (`/data/local-files/?d=…`, `/data/upload/…`), addresses and absolute paths are matched by
    their end. Only names in `images` are ever returned. Raises OutsideFolder.
    """
    path = image.replace("\\", "/")
    foreign = path.startswith("/") or "://" in path or re.match(r"[A-Za-z]:/", path)
    candidates = _by_end(path) if foreign else _from_here(path, folder)
    return next((name for name in candidates if name in images), None)


def _from_here(path: str, folder: str) -> Iterator[str]:
    for spelling in dict.fromkeys((path, unquote(path))):
        yield _inside(f"{folder}/{spelling}")
        if ".." not in spelling.split("/"):
            yield _inside(spelling)
            yield _inside(f"{IMAGES}/{spelling}")


def _by_end(path: str) -> Iterator[str]:
    for spelling in _spellings(path):
        parts = _inside(spelling).split("/")
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        ends.append(UPLOAD_PREFIX.sub("", parts[-1]))
        for end in ends:
            yield end
            yield f"{IMAGES}/{end}"


def _spellings(path: str) -> Iterator[str]:
    local = LOCAL_FILE.search(path)
    if local:
        yield unquote(local[1]).replace("\\", "/")
        yield unquote(local[1].replace("+", " ")).replace("\\", "/")
        return
    yield path
    yield unquote(re.split(r"[?#]", path, maxsplit=1)[0])


def _inside(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise OutsideFolder
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
