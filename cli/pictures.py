"""Which files a list of paths stands for."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cli.errors import CliError
from cli.upload import Attachment

#: What a picture that can be solved is named like.
SOLVED = (".jpg", ".jpeg", ".png", ".webp")

#: Files of a folder that are taken for pictures: the others among them get an error that says so.
SUFFIXES = (*SOLVED, ".avif", ".bmp", ".gif", ".heic", ".tif", ".tiff")


def each(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Name and path of every picture, in the order of the paths, folders sorted.

    A picture in a folder is named by its path within it. What is named like a picture is listed,
    be it none, and a folder that holds none is listed itself: each is to get its own error. Only
    the names within one folder are in memory at a time.
    """
    for path in paths:
        inside = _walked(path, "") if path.is_dir() else iter(())
        yield next(inside, (path.name or str(path), path))
        yield from inside


def _walked(folder: Path, above: str) -> Iterator[tuple[str, Path]]:
    """What is named like a picture in a folder and those below it, hidden ones left out."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries)
    except PermissionError:
        return
    for name, is_folder in inside:
        if name.startswith("."):
            continue
        if Path(name).suffix.lower() in SUFFIXES:
            yield above + name, folder / name
        if is_folder:
            yield from _walked(folder / name, f"{above}{name}/")


def attachments(paths: Sequence[Path]) -> list[Attachment]:
    """Files to send for these paths: pictures, what is in folders, or one zip archive.

    Raises CliError where there is nothing to send or an archive is not alone.
    """
    archives = [path for path in paths if path.suffix.lower() == ".zip" and path.is_file()]
    if archives and len(paths) > 1:
        raise CliError("a zip archive is sent alone; leave the other paths out or pack them too")
    if archives:
        return [Attachment("archive", archives[0].name, archives[0])]
    found = [Attachment("images", name, path) for name, path in each(paths) if not path.is_dir()]
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise CliError(f"no pictures in {names}; they must end in {', '.join(SOLVED)}")
    return found
