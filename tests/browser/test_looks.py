"""Every page for everybody: in both colour schemes, on a phone, for those who cannot see it."""

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.conftest import Visit, sign_in
from tests.browser.service import Service
from tests.browser.toys import Toy
from tests.servers import wait_until

#: Bytes of the heaviest page.
MOST = 150_000
#: Whether the charts, whose library is fetched after the first paint, have all that they need.
DRAWN = """[...document.querySelectorAll("orrery-chart")].every((chart) => chart.shadowRoot
    && [...chart.shadowRoot.querySelectorAll("link")].every((link) => link.sheet))"""


@pytest.fixture(scope="module")
def job(service: Service) -> str:
    """A job with an answer, a doubt and an error."""
    made = service.solve([Toy(), Toy(confidence=0.5), Toy(error="This is no puzzle.")])
    service.wait(made)
    return made


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, visit: Visit, service: Service) -> Page:
    """A page of the administrator in either colour scheme; axe-core tries inline styles on it."""
    opened = visit(request.param, bypass_csp=True)
    sign_in(opened, service)
    return opened


def places(job: str) -> list[str]:
    """The addresses of the pages."""
    return ["/", "/submit", "/jobs", f"/jobs/{job}", f"/jobs/{job}/results/0", "/nowhere"]


def test_nothing_serious_is_in_anybodys_way(page: Page, job: str) -> None:
    found = []
    for place in places(job):
        page.goto(place)
        found += axe.problems(page)
    assert found == []


def test_nothing_is_wider_than_a_phone(visit: Visit, service: Service, job: str) -> None:
    phone = visit(width=390)
    sign_in(phone, service)
    wide = []
    for place in places(job):
        phone.goto(place)
        if phone.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(place)
    assert wide == []


def test_a_page_is_light_enough(visit: Visit, service: Service, job: str) -> None:
    """150 kB with everything that a first visit loads, and nothing twice."""
    page = visit()
    sign_in(page, service)
    weighed = {place: weigh(page, place) for place in places(job)[:-1]}
    assert {place: size for place, size in weighed.items() if not 0 < size <= MOST} == {}


def weigh(page: Page, place: str) -> float:
    """The bytes that a page takes on the way, when nothing of it is kept yet."""
    sizes: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda it: sizes.append(it["encodedDataLength"]))
    page.goto(place)
    # The page's own policy lets nothing wait in it that is written as text.
    wait_until(lambda: page.evaluate(DRAWN), "the charts")
    session.detach()
    return sum(sizes)
