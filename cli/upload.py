"""A multipart body read from disk while it is sent: its length is known, its files are not held."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Bytes read at a time.
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: the form's field, the name that the service shall know it by, and where."""

    field: str
    name: str
    path: Path


class Upload:
    """The fields and files of a form; each iteration reads the files anew."""

    def __init__(self, fields: Mapping[str, str], files: Sequence[Attachment]) -> None:
        self._boundary = secrets.token_hex(16)
        self._fields = [
            self._head(name) + value.encode() + b"\r\n" for name, value in fields.items()
        ]
        self._files = [(self._head(file.field, file.name), file.path) for file in files]
        self._end = f"--{self._boundary}--\r\n".encode()
        #: Is told how many bytes were read so far, each time more were.
        self.show: Callable[[int], None] = lambda sent: None

    @property
    def headers(self) -> dict[str, str]:
        """The content's type and length."""
        return {
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
            "Content-Length": str(self.length),
        }

    @property
    def length(self) -> int:
        """Bytes of the whole body."""
        files = sum(len(head) + path.stat().st_size + 2 for head, path in self._files)
        return sum(map(len, self._fields)) + files + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        sent = 0
        for piece in self._pieces():
            yield piece
            sent += len(piece)
            self.show(sent)

    def _pieces(self) -> Iterator[bytes]:
        yield from self._fields
        for head, path in self._files:
            yield head
            with path.open("rb") as file:
                while piece := file.read(CHUNK):
                    yield piece
            yield b"\r\n"
        yield self._end

    def _head(self, field: str, filename: str | None = None) -> bytes:
        lines = [f"--{self._boundary}", f'Content-Disposition: form-data; name="{field}"']
        if filename is not None:
            lines[1] += f'; filename="{_quoted(filename)}"'
            lines.append("Content-Type: application/octet-stream")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _quoted(name: str) -> str:
    """A file's name as browsers write it into a header (WHATWG, multipart form data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
