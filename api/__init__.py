"""The HTTP API and the web page: takes work on and hands results out; computes nothing itself."""

from api.app import create_app

__all__ = ["create_app"]
