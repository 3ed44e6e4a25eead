"""The places of the web page, in the order in which its head names them."""

from dataclasses import dataclass
from typing import Any

from api import sessions
from api.auth import Caller


@dataclass(frozen=True, slots=True)
class Place:
    """A page that can be gone to from everywhere.

    `family`: pages that lie within it, by their endpoints. `scope`: what a visitor's key needs.
    """

    endpoint: str
    label: str
    family: frozenset[str] = frozenset()
    scope: str = "read"

    def holds(self, endpoint: str | None) -> bool:
        """Whether a page is this place or lies within it."""
        return endpoint == self.endpoint or endpoint in self.family


PLACES = (
    Place("pages.overview", "Overview"),
    Place("pages.submit", "Submit", frozenset({"forms.submit"}), "submit"),
    Place("pages.jobs", "Jobs", frozenset({"pages.job", "pages.explain"})),
    Place(
        "pages.evaluations",
        "Evaluations",
        frozenset({"pages.evaluation", "pages.puzzles", "pages.comparison"}),
    ),
    Place(
        "pages.models",
        "Models",
        frozenset({"pages.model", "pages.promotion", "pages.rolling_back"}),
    ),
    Place(
        "pages.datasets",
        "Datasets",
        frozenset({"pages.dataset", "pages.deletion", "pages.suspects", "pages.suspect"}),
    ),
    Place("pages.keys", "Keys", frozenset({"forms.create_key", "pages.revocation"}), "admin"),
    Place("docs.page", "API"),
)


def places(visitor: Caller | None) -> list[Place]:
    """Where a visitor can go."""
    return [place for place in PLACES if visitor is not None and visitor.may(place.scope)]


def frame() -> dict[str, Any]:
    """What the frame around every page shows."""
    found = sessions.visitor()
    return {"visitor": found, "csrf": sessions.token(), "places": places(found)}
