"""Text from outside, made fit for both databases."""


def storable(text: str) -> str:
    """Replace what PostgreSQL cannot keep: NUL characters and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
