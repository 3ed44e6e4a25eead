"""Puts the application together."""

from typing import cast

from flask import Flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

from api import (
    assets,
    auth,
    bodies,
    converters,
    headers,
    limits,
    logs,
    openapi,
    problems,
    sessions,
)
from api.metrics import Metrics
from api.routes import (
    audit_log,
    audit_pages,
    audits,
    dataset_forms,
    dataset_pages,
    datasets,
    docs,
    evaluation_pages,
    evaluations,
    forms,
    gate,
    health,
    job_pages,
    jobs,
    key_pages,
    keys,
    model_files,
    model_forms,
    model_pages,
    models,
    outcomes,
    pages,
    replays,
    results,
)
from api.services import Services
from api.streams import Streams
from store import migrate, version
from store.blobs import Blobs
from store.broker import Publisher
from store.logs import configure
from store.session import open_database
from store.settings import Settings

#: Form fields and parts of the web page's small forms; uploads are read part by part.
MAX_FORM_PARTS = 20
MAX_FORM_MEMORY = 64 * 1024

#: The routes of the API, in the order of the document.
RESOURCES = (
    jobs,
    results,
    replays,
    datasets,
    audits,
    evaluations,
    outcomes,
    models,
    model_files,
    gate,
    keys,
    audit_log,
    health,
)

#: The routes of the web page; some of these files fill one blueprint.
PAGES = (
    pages,
    job_pages,
    evaluation_pages,
    model_pages,
    model_forms,
    dataset_pages,
    dataset_forms,
    audit_pages,
    key_pages,
    forms,
)


def assemble(settings: Settings) -> OpenAPI:
    """The API and the web page over the store that the settings name; connects to nothing yet."""
    configure(settings.log_json, settings.log_level, "api")
    app = OpenAPI(
        __name__,
        info=openapi.info(version.installed()),
        security_schemes=openapi.SECURITY_SCHEMES,
        validation_error_callback=problems.invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_MEMORY,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["orrery"] = _services(settings)
    converters.register(app)
    assets.register(app)
    sessions.configure(app, settings)
    _hooks(app, settings)
    for resource in RESOURCES:
        _add_routes(app, resource.api)
    app.register_blueprint(docs.blueprint)
    for blueprint in {part.blueprint for part in PAGES}:
        app.register_blueprint(blueprint)
    return app


def _add_routes(app: OpenAPI, api: APIBlueprint) -> None:
    """Register the routes of a file; a path may have some of its methods in another one."""
    before = dict(app.paths)
    app.register_api(api)
    for path in before.keys() & api.paths.keys():
        new = {name: value for name, value in api.paths[path] if value is not None}
        app.paths[path] = before[path].model_copy(update=new)


def _services(settings: Settings) -> Services:
    return Services(
        settings=settings,
        database=open_database(settings.database_url),
        blobs=Blobs(settings.blob_url, settings.min_free_bytes),
        publisher=Publisher(settings.broker_url),
        streams=Streams(settings.event_streams),
        metrics=Metrics(),
        schema=migrate.head(),
    )


def _hooks(app: Flask, settings: Settings) -> None:
    """What happens before and after every request, in this order (afterwards in reverse)."""
    headers.register(app)
    app.after_request(assets.compress)
    logs.register(app)
    cast(Services, app.extensions["orrery"]).metrics.register(app)
    app.before_request(bodies.limit)
    app.before_request(auth.recognise)
    limits.limit_rate(app, settings.rate_limit, settings.broker_url)
    app.before_request(auth.check)
    app.before_request(bodies.parse)
    problems.register(app)
