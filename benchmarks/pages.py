"""`python -m benchmarks.pages`: how quick and how heavy every page is, in a full service.

Each page is opened in Chromium several times as by somebody who was never there before, and each
time once more as by somebody who was.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
from playwright.sync_api import Browser, CDPSession, StorageState, sync_playwright
from playwright.sync_api import Page as BrowserPage

from benchmarks import record
from benchmarks.filled import EVALUATED, Filled, fill
from cli.client import Client
from cli.console import note, table
from cli.embedded import Address, running

#: What a page must stay below: seconds to its first paint, bytes of a first visit.
PAINT, BYTES = 0.3, 150_000

#: Gives the seconds from the start of the navigation to the first contentful paint.
_PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
    for (const it of list.getEntriesByName("first-contentful-paint")) done(it.startTime / 1000);
}).observe({type: "paint", buffered: true}))"""

#: Tells whether all is there that scripts fetch once the page is painted.
_COMPLETE = """() => [...document.querySelectorAll("orrery-chart")].every(it =>
    it.plot && [...it.shadowRoot.querySelectorAll("link")].every(link => link.sheet))"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page: seconds to the first contentful paint, bytes that came for it."""

    paint: float
    bytes: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the medians of its first visits and of those that followed each."""

    name: str
    first: Visit
    again: Visit


class Scales:
    """Weighs the answers to a page, with their heads, that the browser has not kept."""

    def __init__(self, session: CDPSession) -> None:
        self._sizes: dict[str, float] = {}
        self._kept: set[str] = set()
        session.on("Network.requestServedFromCache", lambda it: self._kept.add(it["requestId"]))
        session.on("Network.loadingFinished", self._add)
        session.send("Network.enable")

    def _add(self, told: dict[str, Any]) -> None:
        # Of what comes from the disk this is 0, but not of what comes from memory.
        self._sizes[told["requestId"]] = told["encodedDataLength"]

    def take(self) -> float:
        """The bytes since the last time."""
        taken = sum(size for name, size in self._sizes.items() if name not in self._kept)
        self._sizes.clear()
        return taken


@click.command(epilog="\b\nExample:\n  python -m benchmarks.pages --results 100000")
@click.option(
    "--results",
    # Two evaluations are among them, and a job that is larger than each.
    type=click.IntRange(min=3 * EVALUATED),
    default=100_000,
    show_default=True,
    help="Results in the database.",
)
@click.option("--times", default=5, show_default=True, help="Visits of each page.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the service; what a run before left there is used again.",
)
@record.out("pages.json")
def pages(results: int, times: int, data: Path | None, out: Path) -> None:
    """Measure first paint and weight of every page; exit status 1 when one is over its bound."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        folder = data or Path(name)
        with running(folder) as address, Client(address.url, address.api_key) as client:
            filled = _filled(client, folder, results)
            found = list(_measured(address, filled, times))
    rows = [(it.name, *_shown(it.first), *_shown(it.again)) for it in found]
    table(("page", "first, ms", "first, kB", "again, ms", "again, kB"), rows)
    record.write([asdict(it) for it in found], out)
    over = [it.name for it in found if it.first.paint >= PAINT or it.first.bytes >= BYTES]
    if over:
        note(f"over {1000 * PAINT:.0f} ms or {BYTES / 1000:.0f} kB: {', '.join(over)}")
    raise SystemExit(1 if over else 0)


def _filled(client: Client, folder: Path, results: int) -> Filled:
    """Fill a service, or find what it was filled with before."""
    kept = folder / "filled.json"
    if kept.exists():
        return Filled.read(kept)
    made = fill(client, folder, results)
    made.write(kept)
    return made


def _shown(visit: Visit) -> tuple[int, float]:
    return round(1000 * visit.paint), round(visit.bytes / 1000, 1)


def _places(it: Filled) -> Mapping[str, str]:
    """The pages by name."""
    job, dataset = f"/jobs/{it.job}", f"/datasets/{it.dataset}"
    first, second = it.evaluations
    return {
        "overview": "/",
        "submit": "/submit",
        "jobs": "/jobs",
        "job": job,
        "job, unsure": f"{job}?show=unsure",
        "job, a digit": f"{job}?digit=3",
        "explain": f"{job}/results/0",
        "evaluations": "/evaluations",
        "evaluation": f"/evaluations/{second}",
        "wrong answers": f"/evaluations/{second}/puzzles",
        "compare": f"/evaluations/compare?of={first}&of={second}",
        "datasets": "/datasets",
        "dataset": dataset,
        "suspects": f"{dataset}/suspects",
        "suspect": f"{dataset}/suspects/0",
        "models": "/models",
        "model": f"/models/{it.model}",
        "keys": "/keys",
    }


def _measured(address: Address, filled: Filled, times: int) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            # As root Chromium has no sandbox.
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        signed_in = _signed_in(browser, address)
        for name, place in _places(filled).items():
            note(name)
            visits = [_twice(browser, address.url + place, signed_in) for _ in range(times)]
            yield Page(name, *(_median(side) for side in zip(*visits, strict=True)))
        browser.close()


def _signed_in(browser: Browser, address: Address) -> StorageState:
    """The cookies of somebody who signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address.url)
    page.get_by_label("API key").fill(address.api_key)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Overview").wait_for()
    state = context.storage_state()
    context.close()
    return state


def _twice(browser: Browser, url: str, signed_in: StorageState) -> tuple[Visit, Visit]:
    """Visit a page with nothing kept, and again with what that visit left."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        scales = Scales(context.new_cdp_session(page))
        return _visit(page, url, scales), _visit(page, url, scales)
    finally:
        context.close()


def _visit(page: BrowserPage, url: str, scales: Scales) -> Visit:
    answer = page.goto(url, wait_until="load")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{url} does not answer")
    paint = page.evaluate(_PAINTED)
    page.wait_for_function(_COMPLETE)
    return Visit(paint, scales.take())


def _median(visits: tuple[Visit, ...]) -> Visit:
    return Visit(median(it.paint for it in visits), median(it.bytes for it in visits))


if __name__ == "__main__":
    pages()
