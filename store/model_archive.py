"""A model as one file: a plain zip of its folder, and a list of what must be in it.

The graphs of the nets are left out: they follow from the weights, and whoever unpacks the file
makes them anew. The same model always gives the same bytes.
"""

import hashlib
import json
import re
import shutil
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, Any

from store.errors import BadModelArchive

#: Version of the layout, and the file that names it, the model and every file's SHA-256.
FORMAT, MANIFEST = 1, "manifest.json"
#: The files of a model: nets, configuration, card, and the tower of a CLIP.
KNOWN = re.compile(
    r"config\.json|card\.md|(finder|hint|digit|encoder|pair)\.safetensors"
    r"|clip/open_clip_(config\.json|model\.safetensors)"
)
#: Those of them that are read here.
TEXTS: tuple[str, ...] = ("config.json", "card.md")
#: The files that make a model the one it is, by patterns of their names.
HASHED = ("config.json", "*.safetensors", "open_clip_config.json")
#: The encoder of a model that compares icons with CLIP: its tower lies in the model's folder.
CLIP = {"kind": "clip", "architecture": "clip", "checkpoint": "clip"}
#: What a model may be called.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Letters of a model's id and of a hash.
LONGEST_ID, LONGEST_HASH = 255, 64
#: Bytes of a text, and of all files together.
MAX_TEXT, MAX_BYTES = 1 << 20, 4 << 30
#: Bytes of the archive's directory; ours takes a tenth of it.
MAX_DIRECTORY = 16_384

_PIECE = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a whole archive holds; `lineage`: from what and how the model was made."""

    id: str
    name: str
    card: str
    lineage: Mapping[str, Any]
    size: int

    @property
    def parent(self) -> str | None:
        """The id of the model that it was made from."""
        value = self.lineage.get("parent")
        return value if isinstance(value, str) and len(value) <= LONGEST_ID else None

    @property
    def data_version(self) -> str | None:
        """A hash of the dataset that it was trained on."""
        value = self.lineage.get("data")
        return value if isinstance(value, str) and len(value) <= LONGEST_HASH else None


def pack(folder: Path, file: IO[bytes]) -> Contents:
    """Write the archive of a model folder; raises `BadModelArchive` where it is none."""
    names = sorted(name for name in _inside(folder) if KNOWN.fullmatch(name))
    digests = {name: _hash_file(folder / name) for name in names}
    texts = {name: (folder / name).read_bytes() for name in TEXTS if name in digests}
    contents = _contents(digests, texts, sum((folder / n).stat().st_size for n in names))
    manifest = {"format": FORMAT, "id": contents.id, "files": digests}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(MANIFEST), json.dumps(manifest, indent=1, sort_keys=True))
        for name in names:
            with (folder / name).open("rb") as source, archive.open(_entry(name), "w") as target:
                shutil.copyfileobj(source, target, _PIECE)
    return contents


def check(file: IO[bytes]) -> Contents:
    """Read all of an archive and say what it holds.

    Raises `BadModelArchive` where it is damaged, holds anything but a model's files, or its
    content is not what it claims to be. Nothing in it is ever executed or unpickled.
    """
    with _opened(file) as archive:
        claimed = _manifest(archive)
        digests = {name: _hash_entry(archive, name) for name in _names(archive)}
        for name, digest in digests.items():
            if claimed["files"].get(name) != digest:
                raise BadModelArchive(f"{name} was changed or damaged; export the model again")
        if claimed["files"].keys() != digests.keys():
            raise BadModelArchive("a file that it lists is missing; export the model again")
        texts = {name: _text(archive, name) for name in TEXTS if name in digests}
        size = sum(archive.getinfo(name).file_size for name in digests)
        contents = _contents(digests, texts, size)
        for name in digests:
            if name.endswith(".safetensors"):
                _check_weights(archive, name)
    if contents.id != claimed["id"]:
        raise BadModelArchive(f"it claims to be {claimed['id']} and is {contents.id}")
    return contents


def unpack(file: IO[bytes], folder: Path) -> Contents:
    """Write the files of an archive into an empty folder, once `check` found nothing wrong."""
    contents = check(file)
    with _opened(file) as archive:
        for name in _names(archive):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                for piece in _pieces(archive, name):
                    out.write(piece)
    return contents


def _inside(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    """The archive, if its directory is small and at the very end, as `pack` writes it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size))
    tail = file.read(_END.size)
    if len(tail) < _END.size or not tail.startswith(b"PK\x05\x06"):
        raise BadModelArchive("it is no file of 'orrery models export'")
    if _END.unpack(tail)[5] > MAX_DIRECTORY:
        raise BadModelArchive("it lists more files than a model has")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadModelArchive(f"it is damaged ({error}); export the model again") from error
    if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
        raise BadModelArchive(f"it holds more than {MAX_BYTES} bytes")
    return archive


def _names(archive: zipfile.ZipFile) -> list[str]:
    """The model's files, if there are no others, none twice, and none is packed or a link."""
    names = [entry.filename for entry in archive.infolist()]
    strange = [n for n in names if n != MANIFEST and not KNOWN.fullmatch(n)]
    if strange:
        raise BadModelArchive(f"{strange[0][:100]!r} is no file of a model")
    if len(set(names)) < len(names):
        raise BadModelArchive("a file is in it twice")
    for entry in archive.infolist():
        plain = entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1
        if not plain or entry.external_attr >> 28 not in (0, 8):
            raise BadModelArchive(f"{entry.filename} is not stored as 'orrery models export' does")
    return [name for name in names if name != MANIFEST]


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if MANIFEST not in archive.namelist():
        raise BadModelArchive(f"there is no {MANIFEST} in it; use 'orrery models export'")
    claimed = _parsed(_text(archive, MANIFEST), MANIFEST)
    if claimed.get("format") != FORMAT or not isinstance(claimed.get("files"), dict):
        raise BadModelArchive(f"{MANIFEST} is not of format {FORMAT}; another version wrote it")
    return {"id": str(claimed.get("id")), "files": claimed["files"]}


def _contents(digests: Mapping[str, str], texts: Mapping[str, bytes], size: int) -> Contents:
    if "config.json" not in texts:
        raise BadModelArchive("there is no config.json in it")
    config = _parsed(texts["config.json"], "config.json")
    name, lineage = config.get("name"), config.get("lineage", {})
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadModelArchive("config.json gives the model no name of letters, digits and ._-")
    encoder = config.get("encoder")
    if not isinstance(encoder, dict) or (encoder.get("kind") != "polar" and encoder != CLIP):
        raise BadModelArchive("config.json names an encoder that is not in the archive")
    card = texts.get("card.md", b"").decode("utf-8", "replace")
    kept = lineage if isinstance(lineage, dict) else {}
    return Contents(_identity(name, digests), name, card, kept, size)


def _identity(name: str, digests: Mapping[str, str]) -> str:
    """`name@hash`, as the solver identifies a model folder."""
    digest = hashlib.sha256()
    for path in sorted(map(PurePosixPath, digests)):
        if any(fnmatch(path.name, pattern) for pattern in HASHED):
            digest.update(str(path).encode() + bytes.fromhex(digests[str(path)]))
    return f"{name}@{digest.hexdigest()[:12]}"


def _parsed(text: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadModelArchive(f"{name} in it is no JSON") from error
    if not isinstance(value, dict):
        raise BadModelArchive(f"{name} in it is no JSON object")
    return value


def _check_weights(archive: zipfile.ZipFile, name: str) -> None:
    """See that a file begins like safetensors: a length, then a JSON header of that length."""
    with archive.open(name) as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > MAX_TEXT:
            raise BadModelArchive(f"{name} is no safetensors file")
        _parsed(file.read(length), name)


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_TEXT:
        raise BadModelArchive(f"{name} is larger than {MAX_TEXT} bytes")
    return b"".join(_pieces(archive, name))


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_entry(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(archive, name):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(name) as file:
            while piece := file.read(_PIECE):
                yield piece
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise BadModelArchive(f"{name} is damaged ({error}); export the model again") from error
