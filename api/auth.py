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


def check() -> None:
    """Authenticate the request where its route needs a scope; runs before everything else."""
    scope = getattr(current_app.view_functions.get(request.endpoint or ""), "scope", None)
    if scope is None:
        return
    g.caller = _authenticate()
    if not g.caller.may(scope):
        raise Forbidden(f"This needs a key with the scope {scope!r}; yours lacks it.")


def caller() -> Caller:
    """The caller of a route that needs a scope."""
    return cast(Caller, g.caller)


def _authenticate() -> Caller:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        raise Unauthenticated("Send your API key as 'Authorization: Bearer KEY'.")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unauthenticated("The Authorization header must read 'Bearer KEY'.")
    found = identify(key.strip())
    if found is None:
        raise Unauthenticated("The API key is unknown, expired or revoked.")
    return found


def identify(key: str) -> Caller | None:
    """The caller that a key stands for, or None where it is not valid."""
    if len(key) > MAX_LENGTH or not key.isascii():
        return None
    with services().database.read() as session:
        row = keys.authenticate(session, key)
        return Caller(row.id, row.name, frozenset(row.scopes)) if row else None
