"""What may stand in an address; anything else is not found."""

from flask import Flask
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """An id: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"


class ModelConverter(BaseConverter):
    """A model, `name@hash` or a name; one that is called like a route of its own goes by its id."""

    regex = "(?!rollback$)[A-Za-z0-9._@-]{1,200}"


class ShaConverter(BaseConverter):
    """A SHA-256: 64 hexadecimal digits."""

    regex = "[0-9a-f]{64}"


class PositionConverter(BaseConverter):
    """A picture's place among the inputs."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def register(app: Flask) -> None:
    """Teach an application these converters."""
    app.url_map.converters |= {
        "id": IdConverter,
        "model": ModelConverter,
        "sha": ShaConverter,
        "position": PositionConverter,
    }
