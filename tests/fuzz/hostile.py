"""Pictures and archives as somebody would send them who means no good."""

import io
import json
import pickle
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterable

from PIL import Image, PngImagePlugin

#: Side of the picture bomb, in pixels.
BOMB_SIDE = 30_000

Size = tuple[int, int]


def noise(size: Size = (200, 80)) -> Image.Image:
    """A picture of which no two parts are alike."""
    return Image.merge("RGB", [Image.effect_noise(size, 60 + 20 * n) for n in range(3)])


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a picture's file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(size: Size, bits: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG put together by hand; `rows` are not compressed yet."""
    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def bomb(side: int = BOMB_SIDE) -> bytes:
    """A valid PNG of one bit a pixel, 109 kB for 30,000 by 30,000 pixels."""
    return png((side, side), 1, 0, bytes((side // 8 + 1) * side))


def sixteen_bits(size: Size = (200, 80)) -> bytes:
    """A PNG with 16 bits a channel, in colour."""
    row = b"\0" + bytes(range(256)) * (size[0] * 6 // 256 + 1)
    return png(size, 16, 2, row[: size[0] * 6 + 1] * size[1])


def see_through_palette(size: Size = (200, 80)) -> bytes:
    """A PNG with a palette whose colours are more or less transparent."""
    image = noise(size).quantize(16)
    return saved(image, "PNG", transparency=bytes(range(0, 256, 16)))


def animated(kind: str) -> bytes:
    """A picture of two frames."""
    frames = [noise(), noise()]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def turned(orientation: int) -> bytes:
    """A JPEG whose EXIF says how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(noise(), "JPEG", exif=exif)


def text_bomb() -> bytes:
    """A PNG whose comment unpacks to far more than the picture."""
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 900_000, zip=True)
    return saved(noise(), "PNG", pnginfo=info)


def polyglot(kind: str, other: bytes) -> bytes:
    """A picture that is another kind of file from behind."""
    return saved(noise(), kind) + other


#: A whole WebP of one colour and 16,383 by 16,383 pixels, in 34 bytes.
WEBP_BOMB = bytes.fromhex("524946461a000000574542505650384c0e0000002ffebfff0f071011fd0f4444ff03")
HTML = b"<!doctype html><script>alert(document.domain)</script>"

#: Every kind of odd picture that the service must live with, by name.
PICTURES: dict[str, Callable[[], bytes]] = {
    "truncated JPEG": lambda: saved(noise(), "JPEG")[:-500],
    "truncated PNG": lambda: saved(noise(), "PNG")[:-500],
    "truncated WebP": lambda: saved(noise(), "WEBP")[:-500],
    "header only": lambda: saved(noise(), "PNG")[:33],
    "animated PNG": lambda: animated("PNG"),
    "animated WebP": lambda: animated("WEBP"),
    "CMYK": lambda: saved(noise().convert("CMYK"), "JPEG"),
    "16 bits": sixteen_bits,
    "16 bits grey": lambda: saved(noise().convert("L").convert("I;16"), "PNG"),
    "palette with alpha": see_through_palette,
    "grey with alpha": lambda: saved(noise().convert("LA"), "PNG"),
    "one bit": lambda: saved(noise().convert("1"), "PNG"),
    **{f"EXIF orientation {n}": (lambda n=n: turned(n)) for n in range(1, 9)},
    "one pixel wide": lambda: saved(noise((1, 400)), "PNG"),
    "one pixel high": lambda: saved(noise((1000, 1)), "PNG"),
    "empty": lambda: b"",
    "JPEG and HTML": lambda: polyglot("JPEG", HTML),
    "PNG and zip": lambda: polyglot("PNG", zipped({"a.txt": b"hello"})),
    "HTML that begins like a GIF": lambda: b"GIF89a/*" + HTML,
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "comment bomb": text_bomb,
    "pickle": lambda: pickle.dumps(subprocess.run),
    "WebP bomb": lambda: WEBP_BOMB,
    "picture bomb": bomb,
}


def zipped(files: dict[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive; the same name may come twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items() if isinstance(files, dict) else files:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return buffer.getvalue()


def link(name: str = "link.jpg", to: str = "/etc/passwd") -> bytes:
    """An archive with a symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        entry = zipfile.ZipInfo(name)
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        packed.writestr(entry, to)
    return buffer.getvalue()


def overlapping(copies: int, inside: int) -> bytes:
    """An archive whose entries all unpack the same bytes (Fifield, 2019)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(inside))
        first = packed.filelist[0]
        for number in range(1, copies):
            entry = zipfile.ZipInfo("a")
            for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(entry, field, getattr(first, field))
            entry.extra = struct.pack("<HHH", 0xFFFF, 2, number)
            packed.filelist.append(entry)
    return buffer.getvalue()


def labels(task_id: object = 1, image: object = "1.jpg", label: str = "+") -> bytes:
    """Labels of one task as Label Studio exports them."""
    region = {
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": 1000,
        "original_height": 400,
        "value": {"x": 1, "y": 60, "width": 3, "height": 8, "rectanglelabels": [label]},
    }
    task = {"id": task_id, "data": {"image": image}, "annotations": [{"result": [region]}]}
    return json.dumps([task]).encode()


def labelme() -> bytes:
    """Labels of one picture as LabelMe writes them."""
    shape = {"label": "3", "points": [[10, 220], [40, 260]], "shape_type": "rectangle"}
    whole = {"imagePath": "1.jpg", "imageWidth": 1000, "imageHeight": 400, "shapes": [shape]}
    return json.dumps(whole).encode()
