"""The verbs on API keys: `orr_PREFIX.SECRET`, of which only a SHA-256 is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import audit, paging
from store.clock import new_id, now
from store.errors import InvalidState, NotFound
from store.insert import insert_new
from store.paging import Page
from store.tables import ApiKey
from store.texts import storable

#: What a key may be allowed to do; `admin` includes the others.
SCOPES = ("read", "submit", "train", "admin")

_SECRET_BYTES = 32
_PREFIX_BYTES = 5
_PREFIX_LENGTH = 64
#: Longer texts are no keys; they are not even hashed.
_MAX_LENGTH = 512


def create(
    session: Session,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; gives its record and its text, which cannot be had again.

    Raises `InvalidState` for a scope that does not exist.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        named = f"no scope is called {', '.join(unknown)}" if unknown else "a key needs a scope"
        raise InvalidState(f"{named}; choose from {', '.join(SCOPES)}")
    plaintext = f"orr_{secrets.token_hex(_PREFIX_BYTES)}.{secrets.token_urlsafe(_SECRET_BYTES)}"
    row = _row(session, plaintext, name, [scope for scope in SCOPES if scope in scopes])
    row.expires_at = expires_at
    session.add(row)
    session.flush()
    return row, plaintext


def _row(session: Session, plaintext: str, name: str, scopes: list[str]) -> ApiKey:
    moment = now(session)
    return ApiKey(
        id=new_id(moment),
        name=storable(name)[:200],
        prefix=_prefix(plaintext),
        digest=_digest(plaintext),
        scopes=scopes,
        created_at=moment,
    )


def _digest(plaintext: str) -> str:
    return hashlib.sha256(plaintext.encode("utf-8", "replace")).hexdigest()


def _prefix(plaintext: str) -> str:
    """Give the part that finds the record: what stands before the dot, or some of the digest."""
    prefix, dot, _ = plaintext.partition(".")
    fits = dot and prefix == storable(prefix) and len(prefix) <= _PREFIX_LENGTH
    return prefix if fits else _digest(plaintext)[:12]


def authenticate(session: Session, plaintext: str) -> ApiKey | None:
    """Find the key that has this text and is neither expired nor revoked."""
    if len(plaintext) > _MAX_LENGTH:
        return None
    digest = _digest(plaintext)
    query = select(ApiKey).where(col(ApiKey.prefix) == _prefix(plaintext))
    for key in session.scalars(query.execution_options(populate_existing=True)):
        if hmac.compare_digest(key.digest, digest):
            return key if _is_valid(key, now(session)) else None
    return None


def active(session: Session, key_id: str) -> ApiKey | None:
    """Read a key by its id, unless it is expired or revoked."""
    key = session.get(ApiKey, key_id, populate_existing=True)
    return key if key is not None and _is_valid(key, now(session)) else None


def usable(session: Session) -> list[ApiKey]:
    """List the keys that are neither expired nor revoked."""
    found = session.scalars(select(ApiKey).where(col(ApiKey.revoked_at).is_(None)))
    return [key for key in found if _is_valid(key, now(session))]


def _is_valid(key: ApiKey, moment: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > moment)


def ensure(session: Session, plaintext: str) -> ApiKey:
    """Make this text the administrator's preset key, and revoke the preset ones before it.

    Raises `InvalidState` when it cannot travel in an `Authorization` header.
    """
    if not plaintext.isascii() or not plaintext.isprintable() or " " in plaintext or not plaintext:
        raise InvalidState("ORRERY_API_KEY must be of printable ASCII characters without spaces")
    if len(plaintext) > _MAX_LENGTH:
        raise InvalidState(f"ORRERY_API_KEY is longer than {_MAX_LENGTH} characters")
    row = _row(session, plaintext, "preset administrator", ["admin"])
    row.preset = True
    new = insert_new(session, row)
    query = select(ApiKey).where(col(ApiKey.digest) == row.digest)
    key = session.scalars(query.execution_options(populate_existing=True)).one()
    if new or not key.preset or key.revoked_at is not None:
        audit.note(session, None, "key.preset", key.id, {"scopes": ["admin"]})
    _revoke_presets_but(session, key.id)
    key.preset, key.scopes, key.revoked_at, key.expires_at = True, ["admin"], None, None
    session.flush()
    return key


def _revoke_presets_but(session: Session, key_id: str) -> None:
    ended = session.scalars(
        update(ApiKey)
        .where(col(ApiKey.preset).is_(True), col(ApiKey.id) != key_id)
        .where(col(ApiKey.revoked_at).is_(None))
        .values(revoked_at=now(session))
        .returning(col(ApiKey.id))
        .execution_options(synchronize_session=False)
    )
    for ended_id in ended.all():
        audit.note(session, None, "key.revoke", ended_id, {"preset": True})


def page(session: Session, limit: int, cursor: str | None = None) -> Page[ApiKey]:
    """List keys, newest first, revoked ones too; raises `InvalidCursor`."""
    query = select(ApiKey).order_by(col(ApiKey.id).desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(col(ApiKey.id) < paging.decode(cursor, str))
    return paging.cut(session.scalars(query).all(), limit, lambda key: key.id)


def get(session: Session, key_id: str) -> ApiKey:
    """Find a key, valid or not; raises `NotFound`."""
    key = session.get(ApiKey, key_id, populate_existing=True)
    if key is None:
        raise NotFound(f"there is no key {key_id}")
    return key


def revoke(session: Session, key_id: str) -> ApiKey:
    """End a key for good; raises `NotFound`."""
    key = get(session, key_id)
    if key.revoked_at is None:
        key.revoked_at = now(session)
        session.flush()
    return key
