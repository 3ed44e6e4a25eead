"""What a request may use, made once per application and found through Flask."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from api.metrics import Metrics
from api.streams import Streams
from store.blobs import Blobs
from store.broker import Publisher
from store.session import Database
from store.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The settings and the open connections of one application.

    `schema`: the revision of the database that this version needs.
    """

    settings: Settings
    database: Database
    blobs: Blobs
    publisher: Publisher
    streams: Streams
    metrics: Metrics
    schema: str


def services() -> Services:
    """The services of the application that answers the current request."""
    return cast(Services, current_app.extensions["orrery"])
