"""Headers that keep a browser from doing what a page did not ask for."""

from flask import Flask, Response, request

#: Nothing but this origin's own files; no inline script, no inline style, no frames.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

#: Swagger UI writes styles and data images as it draws; its scripts are files all the same.
DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self'", "img-src 'self' data:"
)


def secure(response: Response) -> Response:
    """Add the headers to a response."""
    headers = response.headers
    docs = request.blueprint == "docs"
    headers.setdefault("Content-Security-Policy", DOCS_POLICY if docs else POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    """Secure every response of an application."""
    app.after_request(secure)
