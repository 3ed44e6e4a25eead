"""What gunicorn runs, as `api.wsgi:app()`."""

from flask import Flask

from api import create_app
from store.settings import settings


def app() -> Flask:
    """The application over the settings of this process."""
    return create_app(settings())
