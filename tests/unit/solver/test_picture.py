import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from solver import picture
from solver.errors import PictureError
from tests.unit.solver.pictures import animated, huge_png, saved, scene

#: What each EXIF orientation says was done to the picture, undone by the camera's reader.
TURNED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: np.rot90(p, -1),
}

BAD = {
    "empty": (b"", "empty"),
    "text": (b"To whom it may concern, this is a letter and no picture.", "not_a_picture"),
    "gif": (saved(scene(), "GIF"), "unsupported_format"),
    "bmp": (saved(scene(), "BMP"), "unsupported_format"),
    "tiff": (saved(scene(), "TIFF"), "unsupported_format"),
    "truncated jpeg": (saved(scene(), "JPEG")[:2000], "truncated"),
    "truncated png": (saved(scene())[:900], "truncated"),
    "truncated webp": (saved(scene(), "WEBP")[:300], "truncated"),
    "head of a jpeg": (b"\xff\xd8\xff\xe0", "truncated"),
    "head of a png": (b"\x89PNG\r\n\x1a\n", "truncated"),
    "animated webp": (animated("WEBP"), "animated"),
    "animated png": (animated("PNG"), "animated"),
    "one pixel wide": (saved(scene(1, 500)), "too_small"),
    "one pixel high": (saved(scene(500, 1)), "too_small"),
    "over the limit": (saved(Image.new("1", (10_000, 4_100))), "too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_gets_its_code_and_advice(name):
    data, code = BAD[name]
    with pytest.raises(PictureError) as raised:
        picture.decode(data)
    assert raised.value.code == code
    assert len(raised.value.message) > 30


def test_a_huge_png_is_refused_from_its_header_in_little_memory(tmp_path):
    path = tmp_path / "huge.png"
    path.write_bytes(huge_png())
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from solver import picture\n"
        "from solver.errors import PictureError\n"
        "try:\n"
        "    picture.decode(Path(sys.argv[1]).read_bytes())\n"
        "except PictureError as error:\n"
        "    print(error.code)\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    code, kilobytes = told.stdout.split()
    assert code == "too_large"
    assert int(kilobytes) < 200_000


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    for path, code in ((tmp_path, "is_a_folder"), (tmp_path / "none.png", "missing")):
        with pytest.raises(PictureError) as raised:
            picture.read(path)
        assert raised.value.code == code


@pytest.mark.parametrize("orientation", TURNED)
def test_exif_orientation_is_honoured(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(TURNED[orientation](scene()))
    for kind in ("PNG", "JPEG"):
        seen = picture.decode(saved(stored, kind, exif=exif))
        assert seen.shape == (400, 1000, 3)
        assert np.abs(seen.astype(int) - scene()).mean() < 4


def _sixteen_bit(grey: np.ndarray) -> bytes:
    return saved(Image.fromarray(grey.astype(np.uint16) * 257))


def test_every_kind_of_pixel_becomes_rgb():
    base = Image.fromarray(scene())
    grey = np.asarray(base.convert("L"))
    files = {
        "grey": saved(base.convert("L")),
        "palette": saved(base.quantize(64)),
        "cmyk": saved(base.convert("CMYK"), "JPEG", quality=95),
        "16 bit": _sixteen_bit(grey),
        "webp": saved(base, "WEBP", quality=95),
        "grey with alpha": saved(base.convert("LA")),
    }
    for name, data in files.items():
        seen = picture.decode(data)
        assert seen.shape == (400, 1000, 3), name
        assert seen.dtype == np.uint8, name
        reference = grey[:, :, None] if name in ("grey", "16 bit", "grey with alpha") else scene()
        assert np.abs(seen.astype(int) - reference).mean() < 12, name


def test_transparency_is_laid_over_white():
    clear = np.dstack((scene(), np.zeros((400, 1000), np.uint8)))
    assert picture.decode(saved(clear)).min() == 255
    palette = Image.fromarray(scene()).quantize(16)
    seen = picture.decode(saved(palette, transparency=bytes([0] * 16)))
    assert seen.min() == 255


def test_encoding_and_decoding_a_picture_changes_nothing():
    assert np.array_equal(picture.decode(picture.encode(scene())), scene())
