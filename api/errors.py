"""What the API refuses, one class a status code; `api.problems` turns them into answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One part of the request that is wrong: which, and what it should be."""

    field: str
    message: str


class ApiError(Exception):
    """The request cannot be answered; the message says why and how to mend it."""

    status = 500
    code = "internal-error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        fields: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.fields = fields
        self.retry_after = retry_after


class Malformed(ApiError):
    """The request cannot be understood at all."""

    status = 400
    code = "malformed-request"


class Unauthenticated(ApiError):
    """There is no key, or none that is valid."""

    status = 401
    code = "no-valid-key"


class Forbidden(ApiError):
    """The key is valid and lacks the scope."""

    status = 403
    code = "missing-scope"


class Missing(ApiError):
    """It is not there, or belongs to another key."""

    status = 404
    code = "not-found"


class Conflict(ApiError):
    """The request clashes with what is there."""

    status = 409
    code = "conflict"


class TooLarge(ApiError):
    """The body, a file, an archive or their number is past its bound."""

    status = 413
    code = "too-large"


class Unsupported(ApiError):
    """The body is of a type that the route does not take, or holds no picture."""

    status = 415
    code = "unsupported-media-type"


class Invalid(ApiError):
    """The request is well formed and a field of it is wrong."""

    status = 422
    code = "invalid-field"

    @classmethod
    def of(cls, field: str, message: str) -> "Invalid":
        """One wrong field."""
        return cls(f"{field}: {message}", fields=(FieldError(field, message),))


class TooMany(ApiError):
    """The caller's rate, or the queue, is full."""

    status = 429
    code = "too-many-requests"


class Away(ApiError):
    """Something that the answer needs does not answer itself."""

    status = 503
    code = "unavailable"


class StorageFull(ApiError):
    """There is no room left for the pictures."""

    status = 507
    code = "storage-full"
