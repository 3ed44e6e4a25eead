from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cli.pictures import SUFFIXES, each

NAMES = st.sampled_from(["a", "b.png", "B.JPG", "c d", ".hidden", "e.txt", "a.webp"])


@given(paths=st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=12))
def test_pictures_come_in_the_order_of_their_paths(tmp_path_factory, paths):
    folder = tmp_path_factory.mktemp("pictures")
    for path in sorted(paths):
        file = folder / path
        if not any(parent.is_file() for parent in file.parents) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"")
    found = [entry.relative_to(folder) for entry in sorted(folder.rglob("*"))]
    wanted = [name for name in found if name.suffix.lower() in SUFFIXES and "/." not in f"/{name}"]
    assert [Path(name) for name, _ in each([folder])] == (wanted or [Path(folder.name)])


def test_a_folder_without_pictures_and_a_file_stand_for_themselves(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("words")
    paths = [tmp_path / "empty", tmp_path / "note.txt", tmp_path / "missing.png"]
    assert list(each(paths)) == [(path.name, path) for path in paths]
