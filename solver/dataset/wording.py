"""Words from a labels file, made fit for a message."""

from typing import Any

#: The longest piece of a labels file that a message repeats.
LENGTH = 40


def short(value: Any) -> str:
    """A value as a message shows it, cut to a few words."""
    try:
        text = repr(value)
    except RecursionError:
        return "something nested"
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def word(value: Any) -> str | None:
    """A string or a whole number as a word, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return writable(str(value).strip())


def writable(text: str) -> str:
    """The same text without what UTF-8 cannot hold (lone surrogates)."""
    return text.encode("utf-8", "replace").decode()
