"""The verbs on sign-ins of the web page: a token in the cookie, its SHA-256 in the database."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from store import keys
from store.clock import now
from store.tables import ApiKey, WebSession

_TOKEN_BYTES = 32


def begin(session: Session, key_id: str, lifetime: timedelta) -> str:
    """Sign somebody in with a key; gives the token. Forgets sign-ins that are past their end."""
    moment, token = now(session), secrets.token_urlsafe(_TOKEN_BYTES)
    session.execute(delete(WebSession).where(col(WebSession.expires_at) <= moment))
    session.add(
        WebSession(
            digest=_digest(token),
            key_id=key_id,
            created_at=moment,
            expires_at=moment + lifetime,
        )
    )
    session.flush()
    return token


def holder(session: Session, token: str) -> ApiKey | None:
    """Find the key of a sign-in that has not ended, if that is neither expired nor revoked."""
    row = session.get(WebSession, _digest(token), populate_existing=True)
    if row is None or row.expires_at <= now(session):
        return None
    return keys.active(session, row.key_id)


def end(session: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    session.execute(delete(WebSession).where(col(WebSession.digest) == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
