"""Errors, as RFC 9457 writes them."""

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One wrong part of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
    missing: list[str] | None = Field(None, description="Of `/readyz`: what does not answer.")
