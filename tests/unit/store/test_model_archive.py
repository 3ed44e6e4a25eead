"""A model as one file: the same bytes every time, and nothing else than a model gets through."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from solver.model_folder import identify
from store import model_archive
from store.errors import BadModelArchive
from tests.unit.solver.models import untrained

Files = dict[str, bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return untrained(tmp_path / "model")


def packed(folder: Path) -> io.BytesIO:
    file = io.BytesIO()
    model_archive.pack(folder, file)
    return file


def changed(file: io.BytesIO, change: Callable[[Files], object]) -> io.BytesIO:
    """The same archive after somebody changed its files."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return new


def test_what_is_packed_and_unpacked_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    contents = model_archive.unpack(packed(folder), tmp_path / "again")
    assert identify(tmp_path / "again") == identify(folder) == contents.id
    assert (tmp_path / "again" / "card.md").read_text() == contents.card == "# tiny\n"
    assert not (tmp_path / "again" / "graphs.zip").exists()


def test_the_same_model_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    model_archive.unpack(packed(folder), tmp_path / "again")
    assert packed(tmp_path / "again").getvalue() == packed(folder).getvalue()


def test_a_tower_in_a_folder_of_its_own_is_part_of_the_identity(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["encoder"] = model_archive.CLIP
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "clip").mkdir()
    (folder / "clip" / "open_clip_config.json").write_text("{}")
    assert model_archive.check(packed(folder)).id == identify(folder)


def test_a_folder_that_is_no_model_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(BadModelArchive, match=r"config\.json"):
        model_archive.pack(tmp_path, io.BytesIO())


def _flip(files: Files) -> None:
    data = files["digit.safetensors"]
    files["digit.safetensors"] = data[:-1] + bytes([data[-1] ^ 1])


def _list(files: Files, name: str) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()


def _flip_and_list_anew(files: Files) -> None:
    _flip(files)
    _list(files, "digit.safetensors")


def _pickled(files: Files) -> None:
    files["digit.safetensors"] = b"\x80\x04\x95" + bytes(60)
    _list(files, "digit.safetensors")


def _far_tower(files: Files) -> None:
    config = json.loads(files["config.json"])
    config["encoder"] = {"kind": "clip", "architecture": "ViT-B-32", "checkpoint": "/etc/tower.pt"}
    files["config.json"] = json.dumps(config).encode()
    _list(files, "config.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_flip, r"digit\.safetensors was changed"),
        (_flip_and_list_anew, "claims to be tiny@"),
        (_pickled, r"digit\.safetensors is no safetensors"),
        (_far_tower, "encoder that is not in the archive"),
        (lambda files: files.update({"../evil.safetensors": b""}), "no file of a model"),
        (lambda files: files.update({"/etc/passwd": b""}), "no file of a model"),
        (lambda files: files.update({"graphs.zip": b""}), "no file of a model"),
        (lambda files: files.update({"weights.pt": b""}), "no file of a model"),
        (lambda files: files.pop("hint.safetensors"), "missing"),
        (lambda files: files.pop("manifest.json"), "no manifest"),
        (lambda files: files.update({"manifest.json": b"{}"}), "format"),
        (lambda files: files.update({"manifest.json": b"["}), "no JSON"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused(
    folder: Path, tmp_path: Path, change: Callable[[Files], object], said: str
) -> None:
    with pytest.raises(BadModelArchive, match=said):
        model_archive.unpack(changed(packed(folder), change), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), bytes(1000)])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(BadModelArchive):
        model_archive.check(io.BytesIO(content))


def test_an_archive_cut_short_is_refused(folder: Path) -> None:
    whole = packed(folder).getvalue()
    for end in (len(whole) // 2, len(whole) - 1):
        with pytest.raises(BadModelArchive):
            model_archive.check(io.BytesIO(whole[:end]))


def test_a_packed_entry_is_refused_before_it_is_unpacked(folder: Path) -> None:
    with zipfile.ZipFile(packed(folder)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(BadModelArchive, match="not stored"):
        model_archive.check(new)
