"""How the picture that a task names is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset.paths import OutsideFolder, find

IMAGES = {
    "images/7.jpg",
    "images/my picture.jpg",
    "images/a+b.jpg",
    "images/deep/er/9.png",
    "images/50%.jpg",
    "root.jpg",
    "a/1.jpg",
}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("images/7.jpg", "images/7.jpg"),
        ("7.jpg", "images/7.jpg"),
        ("./images//7.jpg", "images/7.jpg"),
        ("images\\7.jpg", "images/7.jpg"),
        ("images/deep/../7.jpg", "images/7.jpg"),
        ("images/my%20picture.jpg", "images/my picture.jpg"),
        ("images/50%.jpg", "images/50%.jpg"),
        ("deep/er/9.png", "images/deep/er/9.png"),
        ("root.jpg", "root.jpg"),
        ("/data/local-files/?d=images/7.jpg", "images/7.jpg"),
        ("/data/local-files/?d=images%2F7.jpg", "images/7.jpg"),
        ("/data/local-files/?d=work/set/images/my%20picture.jpg", "images/my picture.jpg"),
        ("/data/local-files/?d=images/my+picture.jpg", "images/my picture.jpg"),
        ("/data/local-files/?d=images/a+b.jpg", "images/a+b.jpg"),
        ("/data/upload/1/3f2a9b1c-7.jpg", "images/7.jpg"),
        ("/data/upload/1/abcd-7.jpg", "images/7.jpg"),
        ("/data/upload/root.jpg", "root.jpg"),
        ("https://labels.example/data/upload/3/7.jpg?token=1", "images/7.jpg"),
        ("s3://bucket/set/images/deep/er/9.png", "images/deep/er/9.png"),
        ("C:\\work\\images\\7.jpg", "images/7.jpg"),
        ("/home/me/set/images/7.jpg", "images/7.jpg"),
    ],
)
def test_a_path_means_the_picture_that_is_there(written: str, name: str) -> None:
    assert find(written, "", IMAGES) == name


def test_a_path_is_read_from_where_its_file_lies() -> None:
    assert find("../images/7.jpg", "marks", IMAGES) == "images/7.jpg"
    assert find("1.jpg", "a", IMAGES) == "a/1.jpg"


@pytest.mark.parametrize("written", ["train/7.jpg", "b/1.jpg", "nothing.jpg", "/etc/passwd", ""])
def test_another_picture_of_the_same_name_is_not_taken(written: str) -> None:
    assert find(written, "", IMAGES) is None


@pytest.mark.parametrize(
    "written",
    ["../7.jpg", "images/../../x.jpg", "%2e%2e/x.jpg", "/data/local-files/?d=../x.jpg", "/../x"],
)
def test_a_path_out_of_the_folder_is_refused(written: str) -> None:
    with pytest.raises(OutsideFolder):
        find(written, "", IMAGES)


@given(st.text(), st.sampled_from(["", "a", "a/b"]))
def test_only_a_picture_that_is_there_is_ever_returned(written: str, folder: str) -> None:
    try:
        found = find(written, folder, IMAGES)
    except OutsideFolder:
        return
    assert found is None or found in IMAGES
