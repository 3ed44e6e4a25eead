"""Which puzzles are kept for testing, by their id alone."""

import hashlib
from fractions import Fraction

from solver.dataset.labels import Split

#: The share of puzzles that is kept for testing.
TEST_SHARE = Fraction(1, 10)
#: Where the test puzzles begin among the values of the hash.
FIRST_TEST = int((1 - TEST_SHARE) * 2**256)


def split_of(puzzle_id: str) -> Split:
    """The split of a puzzle whose label names none: test in the last tenth of its id's SHA-256.

    It depends on nothing else, so a puzzle stays where it is as data is added.
    """
    digest = hashlib.sha256(puzzle_id.encode("utf-8", "surrogatepass")).digest()
    return "test" if int.from_bytes(digest, "big") >= FIRST_TEST else "train"
