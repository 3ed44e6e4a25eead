"""Takes a labelled dataset out of an archive: its labels as one blob, its images one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

from flask import Request, json

from api.archives import Bounds, Member, members
from api.errors import Invalid, TooLarge, Unsupported
from api.intake import UNPACKED, Intake, clean, read, spooled
from api.multipart import Part
from api.pictures import Kind, kind
from api.services import Services
from store.blobs import Batch
from store.datasets import NewImage, version_of
from store.settings import Settings

#: What Label Studio's export is called.
LABELS = "labels.json"

#: Bytes of all label files of a dataset together.
MAX_LABELS = 64 * 1024 * 1024

#: Files that are taken for pictures by their name, so that a broken one is reported as such.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class Upload:
    """A dataset as it was sent: the blob of its labels, its images, and a hash of both."""

    labels: str
    images: tuple[NewImage, ...]
    version: str
    filename: str
    fields: dict[str, str]


@dataclass(slots=True)
class Contents:
    """The files of an archive so far, told apart."""

    batch: Batch
    sheets: dict[str, bytes] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    left: int = MAX_LABELS

    def add(self, member: Member) -> None:
        """Keep a label file or a picture; anything else is left out."""
        name = clean(member.name).replace("\\", "/")
        if name.endswith(".json"):
            self._sheet(name, member.body)
        elif name.lower().endswith(SUFFIXES) or kind(member.body) is not Kind.OTHER:
            if name in self.images:
                raise Invalid.of("archive", f"two files are called {name!r}")
            self.images[name] = self.batch.put(member.body)

    def _sheet(self, name: str, body: IO[bytes]) -> None:
        data = body.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise TooLarge(f"The label files have more than {MAX_LABELS} bytes.")
        self.sheets[name] = data


def receive(
    request: Request,
    services: Services,
    check: Callable[[Mapping[str, str]], None] = lambda fields: None,
) -> Upload:
    """Read a dataset from the one file of a multipart body, or from an archive as the whole body.

    The file's field should be `archive`; as there is only one, another name does no harm. `check`
    may refuse the request by the fields before the file, of which then nothing is read.
    """
    with services.blobs.batch() as batch:
        return _receive(request, services.settings, batch, check)


def _receive(
    request: Request,
    settings: Settings,
    batch: Batch,
    check: Callable[[Mapping[str, str]], None],
) -> Upload:
    bounds = Bounds(2 * settings.max_files + 1, UNPACKED * settings.max_body_bytes)
    found = Contents(batch)
    form = Intake(batch, settings.max_files)
    filename = ""

    def take(part: Part) -> None:
        nonlocal filename
        check(form.fields)
        if filename or found.sheets or found.images:
            raise Invalid.of(clean(part.field), "send one zip archive, in the field 'archive'")
        filename = clean(part.filename or "")
        _fill(found, part.body, bounds)

    if request.mimetype == "multipart/form-data":
        read(request, form, take)
        check(form.fields)
    elif request.mimetype == "application/zip":
        with spooled(request) as body:
            _fill(found, body, bounds)
    else:
        raise Unsupported("Send the zip archive as multipart/form-data or application/zip.")
    return _upload(found, settings.max_files, filename, form.fields)


def _fill(found: Contents, archive: IO[bytes], bounds: Bounds) -> None:
    for member in members(archive, bounds):
        found.add(member)


def _upload(found: Contents, max_files: int, filename: str, fields: dict[str, str]) -> Upload:
    if not found.sheets:
        raise Invalid.of("archive", f"send a zip archive with {LABELS} or LabelMe files in it")
    if len(found.images) > max_files:
        raise TooLarge(f"More than {max_files} images; split the dataset.")
    root, sheet = _sheet(found.sheets)
    images = {_below(root, name): blob for name, blob in found.images.items()}
    if len(images) < len(found.images):
        raise Invalid.of("archive", "pictures within and outside the labels' folder share a name")
    if not images:
        raise Invalid.of("archive", "there is no image in it; send the images with the labels")
    labels = found.batch.put(sheet)
    listed = tuple(NewImage(name, blob) for name, blob in sorted(images.items()))
    return Upload(labels, listed, version_of(sheet, listed), filename, fields)


def _sheet(sheets: dict[str, bytes]) -> tuple[PurePosixPath, bytes]:
    """The folder that names are relative to, and the labels as one document."""
    exports = sorted(
        (name for name in sheets if PurePosixPath(name).name == LABELS),
        key=lambda name: (name.count("/"), name),
    )
    if exports:
        return PurePosixPath(exports[0]).parent, sheets[exports[0]]
    root = _common([PurePosixPath(name).parent for name in sheets])
    # Sorted, so that the version does not depend on the order of the archive.
    texts = {_below(root, name): sheets[name].decode("utf-8", "replace") for name in sorted(sheets)}
    return root, json.dumps(texts).encode()


def _common(folders: list[PurePosixPath]) -> PurePosixPath:
    first = folders[0]
    for candidate in (first, *first.parents):
        if all(folder.is_relative_to(candidate) for folder in folders):
            return candidate
    return PurePosixPath()


def _below(root: PurePosixPath, name: str) -> str:
    path = PurePosixPath(name)
    return str(path.relative_to(root)) if path.is_relative_to(root) else name
