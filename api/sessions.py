"""Who looks at the web page: a signed cookie with a token that the database knows; never a key."""

import hmac
import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask, g, session
from sqlalchemy.orm import Session as Transaction

from api.auth import Caller
from api.errors import Forbidden, Unauthenticated
from api.services import services
from store import web_sessions
from store.settings import Settings

#: How long a visitor stays signed in.
LIFETIME = timedelta(hours=12)

_BYTES = 32


def configure(app: Flask, settings: Settings) -> None:
    """Sign the cookies of an application, and keep them from scripts and from other sites."""
    key = settings.session_key
    app.secret_key = key.get_secret_value() if key else _own_secret(settings.data_dir)
    app.config.update(
        SESSION_COOKIE_NAME="orrery",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )


def _own_secret(folder: Path) -> bytes:
    """A secret that all processes over one data folder share; the first of them makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "session.key"
    draft = folder / f".session.{secrets.token_hex(8)}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def sign_in(caller: Caller) -> None:
    """Remember the visitor under new tokens, so that none planted before is worth anything."""
    sign_out()
    with services().database.begin() as transaction:
        token = web_sessions.begin(transaction, caller.key_id, LIFETIME)
    session.permanent = True
    session["token"], session["key"] = token, caller.key_id
    g.visitor = caller


def sign_out() -> None:
    """Forget the visitor; the cookie is worth nothing from now on, wherever there is a copy."""
    if "token" in session:
        with services().database.begin() as transaction:
            web_sessions.end(transaction, session["token"])
    session.clear()
    g.visitor = None


def visitor() -> Caller | None:
    """The visitor, until the end of the session or of the key, whichever comes first."""
    if "visitor" not in g:
        g.visitor = _read(session.get("token"))
    found: Caller | None = g.visitor
    return found


def key_id() -> str | None:
    """The id of the key that the cookie was given for, valid or not."""
    return session.get("key")


def _read(token: str | None) -> Caller | None:
    if token is None:
        return None
    with services().database.read() as transaction:
        return _holder(transaction, token)


def _holder(transaction: Transaction, token: str) -> Caller | None:
    row = web_sessions.holder(transaction, token)
    return Caller(row.id, row.name, frozenset(row.scopes)) if row else None


def watcher() -> Callable[[Transaction], Caller]:
    """Gives the visitor anew, for a stream: raises Unauthenticated once the sign-in has ended."""
    sent = session["token"]

    def again(transaction: Transaction) -> Caller:
        found = _holder(transaction, sent)
        if found is None:
            raise Unauthenticated("The sign-in has ended.")
        return found

    return again


def need(scope: str) -> Caller:
    """The visitor, who must be signed in with a key of this scope."""
    found = visitor()
    if found is None:
        raise Unauthenticated("Sign in with an API key first.")
    if not found.may(scope):
        raise Forbidden(f"This needs a key with the scope {scope!r}; yours lacks it.")
    return found


def token() -> str:
    """The token that every form of this visitor carries, in other letters on each page.

    Pages are compressed: were it the same text each time, their lengths would tell of it (BREACH).
    """
    pad = secrets.token_bytes(_BYTES)
    return (pad + _xor(pad, _secret())).hex()


def _secret() -> bytes:
    if "csrf" not in session:
        session["csrf"] = secrets.token_hex(_BYTES)
    return bytes.fromhex(session["csrf"])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def check_token(sent: str | None) -> None:
    """Refuse a form that this service did not hand out to this visitor."""
    if not hmac.compare_digest(_unmasked(sent or ""), _secret()):
        raise Forbidden("The form is out of date; load the page again.", code="stale-form")


def _unmasked(sent: str) -> bytes:
    """The secret of a token; nothing where it is none."""
    try:
        data = bytes.fromhex(sent)
    except ValueError:
        return b""
    return _xor(data[:_BYTES], data[_BYTES:]) if len(data) == 2 * _BYTES else b""
