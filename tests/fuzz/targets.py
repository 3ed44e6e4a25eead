"""What is fuzzed: each target takes any bytes, and fails where a reader does what it must not.

A reader may take the bytes or refuse them with its own error. Anything else is a find.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from werkzeug.exceptions import RequestEntityTooLarge

from api import archives, multipart
from api.errors import Invalid, Malformed, TooLarge
from api.pictures import Kind, kind, media_type
from solver import picture
from solver.dataset import read_labels
from solver.errors import DatasetError, PictureError
from store import corrections, model_archive
from store.corrections import Correction, TaskCorrection
from store.errors import BadCorrection, BadModelArchive
from tests.fuzz import hostile

#: Inputs that once were finds, a folder a target.
FINDS = Path(__file__).parent / "finds"

#: Pixels beyond which fuzzing does not decode, to try more pictures in its time.
MOST_PIXELS = 500_000
BOUNDS = archives.Bounds(entries=50, unpacked=4 << 20)
IMAGES = frozenset({"1.jpg", "2.jpg", "a/3.png"})
CHANGES = [TaskCorrection(task="1", correction=Correction(digit=3, answer=2, targets={"1": None}))]
BOUNDARY = b"b"


@dataclass(frozen=True, slots=True)
class Target:
    """A reader under test, and inputs to start from."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]

    def corpus(self, name: str) -> Iterator[bytes]:
        """The seeds and all earlier finds."""
        yield from self.seeds()
        yield from (path.read_bytes() for path in sorted((FINDS / name).glob("*")))


def pictures(data: bytes) -> None:
    """The look of the API at a picture's header, and the decoder of the workers."""
    seen = kind(io.BytesIO(data))
    media_type(data[:16])
    try:
        width, height = picture.size_of(data)
        if width * height > MOST_PIXELS:
            return
        decoded = picture.decode(data)
    except PictureError:
        return
    assert seen is Kind.PICTURE
    assert (decoded.dtype, decoded.ndim, decoded.shape[2]) == (np.uint8, 3, 3)
    assert decoded.size == 3 * width * height


def zips(data: bytes) -> None:
    """The reader of archives of pictures and datasets, and that of models."""
    unpacked = 0
    try:
        for member in archives.members(io.BytesIO(data), BOUNDS):
            unpacked += len(member.body.read())
    except (Invalid, TooLarge):
        pass
    assert unpacked <= BOUNDS.unpacked
    with suppress(BadModelArchive):
        model_archive.check(io.BytesIO(data))


def labels(data: bytes) -> None:
    """The reader of labels, and what corrects them."""
    try:
        found = read_labels(data, IMAGES)
    except DatasetError:
        pass
    else:
        assert all(puzzle.image in IMAGES for puzzle in found.puzzles)
    try:
        changed, changes = corrections.apply(data, CHANGES)
    except BadCorrection:
        return
    json.loads(changed)
    json.dumps(changes)


def forms(data: bytes) -> None:
    """The reader of multipart bodies."""
    with suppress(Malformed, TooLarge, RequestEntityTooLarge):
        for part in multipart.parts(io.BytesIO(data), BOUNDARY):
            assert len(part.body.read()) == part.size


def _pictures() -> list[bytes]:
    return [make() for name, make in hostile.PICTURES.items() if name != "picture bomb"]


def _zips() -> list[bytes]:
    small = {"1.jpg": b"\xff\xd8\xff", "labels.json": hostile.labels(), "a/b.txt": b"x" * 99}
    return [hostile.zipped(small), hostile.link(), hostile.overlapping(3, 99), hostile.zipped({})]


def _labels() -> list[bytes]:
    bundle = json.dumps({"1.json": hostile.labelme().decode()}).encode()
    return [hostile.labels(), hostile.labels("a", "2.jpg", "3"), hostile.labelme(), bundle]


def _forms() -> list[bytes]:
    part = b'--b\r\nContent-Disposition: form-data; name="images"; filename="%s"\r\n\r\nx\r\n'
    return [part % b"a.jpg" + b"--b--\r\n", part % b"%22\xc3\xbc" + part % b"" + b"--b--", b"--b--"]


TARGETS = {
    "pictures": Target(pictures, _pictures),
    "archives": Target(zips, _zips),
    "labels": Target(labels, _labels),
    "forms": Target(forms, _forms),
}
