"""Archives that a stranger sent."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.archives import Bounds, members
from api.errors import ApiError, Invalid, TooLarge
from tests.fuzz import hostile
from tests.integration.api.parts import Caller, archive, form, picture, work_off

BOUNDS = Bounds(entries=100, unpacked=10_000_000)


def opened(data: bytes, bounds: Bounds = BOUNDS) -> dict[str, bytes]:
    """The files that are taken out of an archive."""
    return {member.name: member.body.read() for member in members(io.BytesIO(data), bounds)}


def outcome(data: bytes) -> int | str:
    """What opening an archive comes to."""
    try:
        opened(data)
    except ApiError as error:
        return error.status
    return "opened"


def encrypted() -> bytes:
    """An archive whose entry says that it is encrypted."""
    data = bytearray(archive({"a.jpg": picture()}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at] |= 1
    return bytes(data)


def damaged() -> bytes:
    """An archive with a flipped bit in its data."""
    data = bytearray(archive({"a.jpg": bytes(range(256)) * 8}))
    data[60] ^= 0xFF
    return bytes(data)


def lying() -> bytes:
    """An archive that claims a tenth of the size its entry unpacks to."""
    data = bytearray(archive({"a.bin": bytes(5_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<I", 500_000)
    return bytes(data)


def test_names_are_data_and_never_paths() -> None:
    names = ["../../up.jpg", "/etc/passwd", "C:\\windows\\x.png", "a/./b/../c.jpg"]
    assert list(opened(archive(dict.fromkeys(names, b"x")))) == names


def test_folders_hidden_files_and_the_finder_s_are_left_out() -> None:
    files = ["a/", "a/b.jpg", ".hidden.jpg", "__MACOSX/a/._b.jpg", "a/.DS_Store", "c.txt"]
    assert list(opened(archive(dict.fromkeys(files, b"x")))) == ["a/b.jpg", "c.txt"]


def test_an_archive_within_an_archive_is_a_file_like_any_other() -> None:
    inner = archive({"a.jpg": b"x"})
    assert opened(archive({"inner.zip": inner})) == {"inner.zip": inner}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a zip"),
        (b"PK\x05\x06", "not a zip"),
        (picture(), "not a zip"),
        (archive({"a.jpg": b"x"})[:-30], "not a"),
        (hostile.link(), "link"),
        (hostile.overlapping(3, 99), "overlaps"),
        (encrypted(), "encrypted"),
        (damaged(), "a"),
        (archive({"a.jpg": b"x"}, zipfile.ZIP_LZMA), "deflate"),
        (archive({"a.jpg": b"x"}, zipfile.ZIP_BZIP2), "deflate"),
    ],
    # Archives hold the time they were made at: named by it, two processes would not know one test.
    ids=[
        "empty",
        "bare end",
        "picture",
        "cut off",
        "link",
        "overlapping",
        "encrypted",
        "damaged",
        "lzma",
        "bzip2",
    ],
)
def test_what_is_no_plain_archive_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        opened(data)


@pytest.mark.parametrize(
    ("data", "bounds"),
    [
        (archive({f"{n}.jpg": b"x" for n in range(101)}), BOUNDS),
        (archive({"zeros.jpg": bytes(9_000_000)}), BOUNDS),
        (archive({"a": bytes(range(256)) * 2_000, "b": bytes(999)}), Bounds(9, 500_000)),
        (archive({f"{n:0>400}.jpg": b"" for n in range(120)}), Bounds(2, 1)),
        (archive({f"{n}": bytes(900_000) for n in range(12)}), BOUNDS),
    ],
    ids=["entries", "ratio", "unpacked", "directory", "many small ones"],
)
def test_what_is_past_a_bound_is_too_large(data: bytes, bounds: Bounds) -> None:
    with pytest.raises(TooLarge):
        opened(data, bounds)


def test_a_size_that_lies_is_found_out() -> None:
    with pytest.raises(ApiError):
        opened(lying(), Bounds(9, 1_000_000))


@given(st.binary(max_size=400), st.sampled_from([bytes, lambda b: archive({"a.jpg": b"x"}) + b]))
def test_no_bytes_do_anything_but_open_or_be_refused(
    tail: bytes, make: Callable[[bytes], bytes]
) -> None:
    assert outcome(make(tail)) in ("opened", 413, 422)


@given(st.data())
def test_a_flipped_byte_is_survived(data: st.DataObject) -> None:
    packed = bytearray(archive({"a/b.jpg": b"hello" * 9, "c.png": b"x"}))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    assert outcome(bytes(packed)) in ("opened", 413, 422)


def test_the_bytes_of_a_nested_bomb_are_never_unpacked() -> None:
    inner = archive({"zeros": bytes(900_000)})
    nested = archive({"1.zip": archive({"2.zip": inner})})
    assert [len(data) for data in opened(nested).values()] == [len(archive({"2.zip": inner}))]


def test_a_hundred_overlapping_entries_are_refused_before_any_is_unpacked() -> None:
    bomb = hostile.overlapping(100, 100_000)
    assert len(bomb) < 20_000
    walked = members(io.BytesIO(bomb), BOUNDS)
    with pytest.raises(Invalid, match="overlaps"):
        next(walked)


TRICKS = {
    "../../../../tmp/x.jpg": "../../../../tmp/x.jpg",
    "/etc/cron.d/x.png": "/etc/cron.d/x.png",
    "C:\\x\\y.png": "C:\\x\\y.png",
    "photo\u202egpj.exe": "photo\ufffdgpj.exe",
    "zero\u200bwidth.jpg": "zero\ufffdwidth.jpg",
    "e\u0301.jpg": "e\u0301.jpg",
    "\u00e9.jpg": "\u00e9.jpg",
    "a\nb\x1b[31m.jpg": "a\ufffdb\ufffd[31m.jpg",
    "x" * 600 + ".jpg": "x" * 496 + ".jpg",
    "=HYPERLINK(A1).jpg": "=HYPERLINK(A1).jpg",
}


def test_names_that_play_tricks_are_shown_as_data_and_write_nothing(
    caller: Caller, tmp_path: Path
) -> None:
    before = {path.name for path in tmp_path.parent.iterdir()}
    packed = archive(dict.fromkeys(TRICKS, picture()))
    job = caller.post("/v1/jobs/solve", data=form(archive=("a.zip", packed))).get_json()["id"]
    work_off(caller.database)
    shown = caller.get(f"/v1/jobs/{job}/results").get_json()["items"]
    assert [item["image"] for item in shown] == list(TRICKS.values())
    written = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert [re.fullmatch("[0-9a-f]{64}", path.name) is not None for path in written] == [True]
    assert {path.name for path in tmp_path.parent.iterdir()} == before


def test_two_entries_of_one_name_stay_two_pictures(caller: Caller) -> None:
    packed = hostile.zipped([("a.jpg", picture()), ("a.jpg", picture(colour="red"))])
    job = caller.post("/v1/jobs/solve", data=packed, content_type="application/zip").get_json()
    assert job["total"] == 2
    sent = [caller.get(f"/v1/jobs/{job['id']}/results/{n}/picture").data for n in (0, 1)]
    assert sent == [picture(), picture(colour="red")]


def test_two_pictures_of_one_name_make_no_dataset(caller: Caller) -> None:
    twice = [("a.jpg", picture()), ("a.jpg", picture(colour="red")), ("labels.json", b"[]")]
    answer = caller.post("/v1/datasets", data=hostile.zipped(twice), content_type="application/zip")
    assert answer.status_code == 422
    assert "a.jpg" in answer.get_json()["detail"]


def test_a_bad_archive_is_told_in_a_problem(caller: Caller) -> None:
    answer = caller.post("/v1/jobs/solve", data=hostile.link(), content_type="application/zip")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "archive"
    answer = caller.post(
        "/v1/jobs/solve",
        data=archive({"zeros.jpg": bytes(9_000_000)}),
        content_type="application/zip",
    )
    assert answer.status_code == 413


def test_an_archive_without_pictures_is_no_picture(caller: Caller) -> None:
    packed = archive({"a.txt": b"hello"})
    answer = caller.post("/v1/jobs/solve", data=packed, content_type="application/zip")
    assert answer.status_code == 415
    empty = archive({})
    answer = caller.post("/v1/jobs/solve", data=empty, content_type="application/zip")
    assert answer.status_code == 422
