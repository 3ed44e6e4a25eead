"""The real API on a free port, which the command line knows of."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from api import create_app
from store import keys
from store.session import Database, open_database
from store.settings import Settings


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """A service without a broker; what must not wait for it does not."""
    return Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        broker_url="redis://127.0.0.1:1/0",
        blob_url=str(tmp_path / "blobs"),
        min_free_bytes=0,
    )


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A running API, and an administrator's key for it."""
    database = open_database(settings.database_url)
    with database.begin() as session:
        _, key = keys.create(session, "operator", ["admin"])
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("ORRERY_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ORRERY_API_KEY", key)
    yield database
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()
    app.extensions["orrery"].database.dispose()
    app.extensions["orrery"].publisher.close()
