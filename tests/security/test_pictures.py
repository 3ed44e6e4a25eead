"""Odd pictures: the API looks at headers alone, and no decoder takes a bomb."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import ImageFile

from api.pictures import MAX_PIXELS, Kind, kind
from solver import picture
from tests.fuzz import hostile

#: What the API says of those that are no pictures to it; the rest goes to a worker.
OTHERS = {
    "header only": Kind.OTHER,
    "truncated WebP": Kind.OTHER,
    "empty": Kind.OTHER,
    "HTML that begins like a GIF": Kind.OTHER,
    "SVG": Kind.OTHER,
    "pickle": Kind.OTHER,
    "WebP bomb": Kind.TOO_LARGE,
    "picture bomb": Kind.TOO_LARGE,
}
#: What decodes, whatever is odd about it.
FINE = (
    "CMYK",
    "16 bits",
    "16 bits grey",
    "palette with alpha",
    "grey with alpha",
    "one bit",
    "JPEG and HTML",
    "PNG and zip",
    "comment bomb",
)


@pytest.mark.parametrize("name", hostile.PICTURES)
def test_the_api_tells_by_the_header_without_decoding(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = hostile.PICTURES[name]()

    def decoded(*_: object) -> None:
        raise AssertionError("the API decoded a picture")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    assert kind(io.BytesIO(data)) is OTHERS.get(name, Kind.PICTURE)


@pytest.mark.parametrize("name", FINE)
def test_an_odd_picture_is_seen_as_rgb(name: str) -> None:
    assert picture.decode(hostile.PICTURES[name]()).shape == (80, 200, 3)


def test_all_eight_orientations_are_turned_upright() -> None:
    shapes = [picture.decode(hostile.turned(n)).shape for n in range(1, 9)]
    assert shapes == [(80, 200, 3)] * 4 + [(200, 80, 3)] * 4


#: Whether OpenCV, in a process that has the solver, opens the picture of a file.
OPENCV = """
import sys
import solver
import cv2, numpy
data = numpy.fromfile(sys.argv[1], numpy.uint8)
try:
    print("opened" if cv2.imdecode(data, cv2.IMREAD_COLOR) is not None else "refused")
except cv2.error as error:
    print("refused")
"""


def opencv(path: Path, data: bytes) -> str:
    """What OpenCV does with a picture in a process that has the solver."""
    path.write_bytes(data)
    command = [sys.executable, "-c", OPENCV, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_opencv_refuses_what_the_header_check_would_refuse(tmp_path: Path) -> None:
    assert opencv(tmp_path / "a.png", hostile.saved(hostile.noise(), "PNG")) == "opened"
    side = round(MAX_PIXELS**0.5) + 8
    assert opencv(tmp_path / "b.png", hostile.bomb(side)) == "refused"
