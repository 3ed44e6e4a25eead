"""Which files a list of paths stands for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.errors import CliError
from cli.upload import Attachment

#: Files of a folder that are taken for pictures.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def attachments(paths: Sequence[Path]) -> list[Attachment]:
    """Files to send for these paths: pictures, what is in folders, or one zip archive.

    A file of a folder is named by its path within it. Raises CliError where there is nothing to
    send or an archive is not alone.
    """
    archives = [path for path in paths if path.suffix.lower() == ".zip" and path.is_file()]
    if archives and len(paths) > 1:
        raise CliError("a zip archive is sent alone; leave the other paths out or pack them too")
    if archives:
        return [Attachment("archive", archives[0].name, archives[0])]
    found = [Attachment("images", name, path) for name, path in _pictures(paths)]
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise CliError(f"no pictures in {names}; they must end in {', '.join(SUFFIXES)}")
    return found


def _pictures(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if not path.is_dir():
            yield path.name, path
            continue
        for inside in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inside.relative_to(path).parts)
            if inside.suffix.lower() in SUFFIXES and inside.is_file() and not hidden:
                yield inside.relative_to(path).as_posix(), inside
