"""Reads a multipart body part by part, so that ten thousand files never lie in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from api.errors import Malformed, TooLarge

#: Bytes read from the connection at a time.
CHUNK = 64 * 1024

#: Bytes that the decoder may hold at once: two chunks and the headers of a part.
BUFFER = 4 * CHUNK

#: Bytes of one part kept in memory; what is longer goes to a temporary file.
SPOOL = 1024 * 1024

#: Bytes of a field that is no file.
FIELD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A field or a file of the form; its body is only readable until the next part is asked for."""

    field: str
    filename: str | None
    body: IO[bytes]
    size: int

    def text(self) -> str:
        """The value of a field that is no file."""
        if self.size > FIELD:
            raise TooLarge(f"{self.field}: a text field may hold {FIELD} bytes.")
        return self.body.read().decode("utf-8", "replace")


def boundary(content_type: str) -> bytes:
    """The boundary named by a `multipart/form-data` content type."""
    value = parse_options_header(content_type)[1].get("boundary", "")
    if not value or not value.isascii():
        raise Malformed("The multipart body names no boundary in its Content-Type.")
    return value.encode("ascii")


def parts(stream: IO[bytes], mark: bytes) -> Iterator[Part]:
    """Yield the parts of a body in their order.

    Raises Malformed where the body breaks off or breaks the format.
    """
    try:
        yield from _parts(stream, MultipartDecoder(mark, BUFFER))
    except RequestEntityTooLarge:
        raise
    except (ValueError, UnicodeDecodeError, AttributeError) as error:
        raise Malformed("The multipart body is broken or ends early; send it again.") from error


def _parts(stream: IO[bytes], decoder: MultipartDecoder) -> Iterator[Part]:
    name, filename = "", None
    with SpooledTemporaryFile(SPOOL) as body:
        for event in _events(stream, decoder):
            if isinstance(event, (Field, File)):
                name = event.name or ""
                filename = event.filename if isinstance(event, File) else None
                body.seek(0)
                body.truncate()
            elif isinstance(event, Data):
                body.write(event.data)
                if not event.more_data:
                    size = body.tell()
                    body.seek(0)
                    yield Part(name, filename, body, size)


def _events(stream: IO[bytes], decoder: MultipartDecoder) -> Iterator[object]:
    while True:
        data = stream.read(CHUNK)
        decoder.receive_data(data or None)
        event = decoder.next_event()
        while not isinstance(event, (Epilogue, NeedData)):
            yield event
            event = decoder.next_event()
        if isinstance(event, Epilogue) or not data:
            return
