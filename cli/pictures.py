"""Which files a list of paths stands for."""

from collections.abc import Sequence
from pathlib import Path

from cli.errors import CliError
from cli.upload import Attachment

#: What a picture that can be solved is named like.
SOLVED = (".jpg", ".jpeg", ".png", ".webp")

#: Files of a folder that are taken for pictures: the others among them get an error that says so.
SUFFIXES = (*SOLVED, ".avif", ".bmp", ".gif", ".heic", ".tif", ".tiff")


def listed(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Name and path of every picture, in the order of the paths, folders sorted.

    A picture in a folder is named by its path within it. What is named like a picture is listed,
    be it none, and a folder that holds none is listed itself: each is to get its own error.
    """
    return [entry for path in paths for entry in _entries(path)]


def _entries(path: Path) -> list[tuple[str, Path]]:
    if not path.is_dir():
        return [(path.name, path)]
    inside = [(found.relative_to(path), found) for found in sorted(path.rglob("*"))]
    named = [(name.as_posix(), found) for name, found in inside if _is_named_so(name)]
    return named or [(path.name or str(path), path)]


def _is_named_so(name: Path) -> bool:
    hidden = any(part.startswith(".") for part in name.parts)
    return name.suffix.lower() in SUFFIXES and not hidden


def attachments(paths: Sequence[Path]) -> list[Attachment]:
    """Files to send for these paths: pictures, what is in folders, or one zip archive.

    Raises CliError where there is nothing to send or an archive is not alone.
    """
    archives = [path for path in paths if path.suffix.lower() == ".zip" and path.is_file()]
    if archives and len(paths) > 1:
        raise CliError("a zip archive is sent alone; leave the other paths out or pack them too")
    if archives:
        return [Attachment("archive", archives[0].name, archives[0])]
    entries = listed(paths)
    found = [Attachment("images", name, path) for name, path in entries if not path.is_dir()]
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise CliError(f"no pictures in {names}; they must end in {', '.join(SOLVED)}")
    return found
