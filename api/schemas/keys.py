"""API keys."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.fields import Id, Moment, Name, SentMoment, Strict, View

Scope = Literal["read", "submit", "train", "admin"]


class KeyPath(BaseModel):
    """A key."""

    key_id: Id


class KeyBody(Strict):
    """Make an API key."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=4)
    expires_at: SentMoment | None = Field(None, description="RFC 3339; never where it is left out.")


class Key(View):
    """An API key, without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class NewKey(Key):
    """An API key just made; the secret is shown this once."""

    key: str


class KeyPage(View):
    """A page of keys, newest first."""

    items: list[Key]
    next: str | None
