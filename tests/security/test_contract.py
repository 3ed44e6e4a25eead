"""Schemathesis on the API as it is served: every check, within a few seconds.

`make fuzz` does the same at length.
"""

from tests.fuzz.service import fuzz

#: Seconds for requests, and how many of each kind the rounds begin with.
SECONDS, EXAMPLES = 8, 3


def test_the_served_api_keeps_what_its_document_says() -> None:
    limits = ("--max-time", str(SECONDS), "--max-examples", str(EXAMPLES))
    phases = ("--phases", "coverage,fuzzing,stateful")
    assert fuzz(*phases, *limits, "--seed", "1", "--no-shrink") == 0
