"""Opens a zip archive that a stranger sent."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO

from api.errors import Invalid, TooLarge

#: Bytes of the archive's own directory for one entry, generously: name, extra fields, comment.
DIRECTORY_ENTRY = 512

#: Bytes that stand before the packed bytes of an entry, at least.
LOCAL_HEADER = 30

#: How much larger than its packed form an entry may be once it passes FREE bytes.
RATIO = 200
FREE = 1024 * 1024

#: Compressions that are opened; the others may ask for gigabytes of dictionary.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

CHUNK = 64 * 1024

_END = b"PK\x05\x06"
_ZIP64 = b"PK\x06\x07"
_END_SIZE = 22
_COMMENT = 65_535


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much an archive may hold: entries, and bytes unpacked."""

    entries: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name is data, its body readable until the next is asked for."""

    name: str
    body: IO[bytes]


def members(file: IO[bytes], bounds: Bounds) -> Iterator[Member]:
    """Walk the files of an archive, skipping folders, dot files and `__MACOSX`.

    Raises Invalid for what is no usable zip archive and TooLarge past the bounds.
    """
    _check_directory(file, bounds)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if _wanted(entry)]
            _check(entries, bounds)
            yield from _walk(archive, entries, bounds)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise Invalid.of("archive", f"not a readable zip archive ({error})") from error
    except zlib.error as error:
        raise Invalid.of("archive", "an entry is damaged; pack the archive again") from error


def _check_directory(file: IO[bytes], bounds: Bounds) -> None:
    """Bound the central directory before `zipfile` reads all of it into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise Invalid.of("archive", "not a zip archive")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if _ZIP64 in tail[max(0, at - 20) : at] or directory > (bounds.entries + 16) * DIRECTORY_ENTRY:
        raise TooLarge(f"The archive lists more than the {bounds.entries} files it may hold.")


def _wanted(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not (name.endswith("/") or hidden)


def _check(entries: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    if len(entries) > bounds.entries:
        raise TooLarge(f"The archive holds {len(entries)} files; {bounds.entries} are allowed.")
    for entry in entries:
        _check_entry(entry)
    _check_overlaps(entries)


def _check_overlaps(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share bytes: ten kilobytes could unpack to gigabytes that way."""
    end = 0
    for entry in sorted(entries, key=lambda it: it.header_offset):
        if entry.header_offset < end:
            name = entry.filename
            raise Invalid.of("archive", f"{name!r} overlaps another entry; pack the archive again")
        end = entry.header_offset + LOCAL_HEADER + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if entry.flag_bits & 0x1:
        raise Invalid.of("archive", f"{name!r} is encrypted; pack it without a password")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Invalid.of("archive", f"{name!r} is a link; pack the file itself")
    if entry.compress_type not in COMPRESSIONS:
        raise Invalid.of("archive", f"{name!r} is packed in a way other than deflate")
    if entry.file_size > FREE and entry.file_size > RATIO * max(1, entry.compress_size):
        raise TooLarge(f"{name!r} in the archive unpacks to over {RATIO} times its size.")


def _walk(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], bounds: Bounds
) -> Iterator[Member]:
    left = bounds.unpacked
    for entry in entries:
        with archive.open(entry) as packed, SpooledTemporaryFile(FREE) as body:
            left -= _unpack(packed, body, left)
            yield Member(entry.filename, body)


def _unpack(packed: IO[bytes], body: IO[bytes], left: int) -> int:
    """Copy one entry, trusting what is read and not the size that its header claims."""
    done = 0
    while data := packed.read(CHUNK):
        done += len(data)
        if done > left:
            raise TooLarge("The archive unpacks to more bytes than it may.")
        body.write(data)
    body.seek(0)
    return done
