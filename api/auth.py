"""Who is asking, and may they: API keys, scopes and whose things a caller sees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from api.errors import Forbidden, Unauthenticated
from api.services import services
from store import keys

View = TypeVar("View", bound=Callable[..., AnyResponse])

#: The scopes, each with what it allows; admin allows all and sees the jobs of every key.
SCOPES = {
    "read": "see jobs, results, datasets, evaluations and models",
    "submit": "start, cancel and delete jobs, upload datasets",
    "train": "retrain models",
    "admin": "all of it for every key, manage keys, promote models",
}

#: Longer than any key that was ever handed out.
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a request came with."""

    key_id: str
    name: str
    scopes: frozenset[str]

    @property
    def tenant(self) -> str | None:
        """Whose things the caller sees: its own, or None for those of all keys."""
        return None if "admin" in self.scopes else self.key_id

    def may(self, scope: str) -> bool:
        """Whether the key has a scope."""
        return scope in self.scopes or "admin" in self.scopes


def needs(scope: str) -> Callable[[View], View]:
    """Mark a view with the scope that its callers need; stands below the route."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return mark


def recognise() -> None:
    """Find out who is asking where the route needs a key; runs before everything else."""
    if _scope() is not None:
        key = _sent()
        g.caller = identify(key) if key else None


def check() -> None:
    """Keep out who has no valid key, or not the scope that the route needs.

    Runs after the rate is counted, so that guesses count as well.
    """
    scope = _scope()
    if scope is None:
        return
    if g.caller is None:
        raise Unauthenticated(_why())
    if not g.caller.may(scope):
        raise Forbidden(f"This needs a key with the scope {scope!r}; yours lacks it.")


def _scope() -> str | None:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "scope", None)


def caller() -> Caller:
    """The caller of a route that needs a scope."""
    return cast(Caller, g.caller)


def _sent() -> str:
    """The key of the request; empty where there is none in a header of the right form."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _why() -> str:
    if not request.headers.get("Authorization"):
        return "Send your API key as 'Authorization: Bearer KEY'."
    if not _sent():
        return "The Authorization header must read 'Bearer KEY'."
    return "The API key is unknown, expired or revoked."


def identify(key: str) -> Caller | None:
    """The caller that a key stands for, or None where it is not valid."""
    if len(key) > MAX_LENGTH or not key.isascii():
        return None
    with services().database.read() as session:
        row = keys.authenticate(session, key)
        return Caller(row.id, row.name, frozenset(row.scopes)) if row else None
