"""Fixtures of the browser tests: one service, one Chromium, and pages where nothing goes wrong.

A page's test fails where a script or a style complained, or where a request left this machine.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.service import Service

#: Milliseconds that a page may take to show what is expected of it.
PATIENCE = 60_000


@pytest.fixture(scope="session")
def service(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that all browser tests share."""
    folder: Path = tmp_path_factory.mktemp("browser")
    shutil.copy(_migrated_sqlite, folder / "orrery.db")
    made = Service(f"sqlite:///{folder / 'orrery.db'}", folder)
    try:
        made.begin()
        yield made
    finally:
        made.close()


# Playwright keeps an event loop running, which tests of other folders could stumble over.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a file."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.executable(),
            args=list(chromium.ARGUMENTS),
            timeout=3 * PATIENCE,
        )
        yield opened
        opened.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, service: Service) -> Iterator[Visit]:
    """Opens pages of a browser in some colour scheme and width, watched over until the end."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(scheme: str = "light", width: int = 1280, **options: object) -> Page:
        context = browser.new_context(
            base_url=service.url,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        _watch(page, service.url, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _watch(page: Page, url: str, complaints: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        # A refused key or a page that is gone is an answer that tests ask for.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda request: (
            request.url.startswith((url, "blob:", "data:"))
            or complaints.append(f"{page.url} asked for {request.url}")
        ),
    )


@pytest.fixture
def page(visit: Visit) -> Page:
    """A page of a visitor who has not signed in."""
    return visit()


@pytest.fixture
def ada(page: Page, service: Service) -> Page:
    """A page of an administrator who has signed in."""
    sign_in(page, service)
    return page


def sign_in(page: Page, service: Service) -> None:
    """Sign in with the administrator's key, by keyboard."""
    page.goto("/")
    page.get_by_label("API key").focus()
    page.keyboard.type(service.key)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Overview").wait_for()


@contextmanager
def opened(gate: Path) -> Iterator[None]:
    """Open a gate at the end, whatever happens, so that no worker waits for ever."""
    try:
        yield
    finally:
        gate.touch()
