"""Names made to fit."""


def shortened(name: str, most: int) -> str:
    """A name of `most` letters at most, its middle left out where it is longer."""
    if len(name) <= most:
        return name
    kept = most - 1
    return f"{name[: (kept + 1) // 2]}…{name[len(name) - kept // 2 :]}"
