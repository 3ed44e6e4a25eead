"""Evaluations, models, datasets and keys, used with the keyboard alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from store import models
from tests.browser import axe
from tests.browser.conftest import sign_in
from tests.browser.labelled import (
    Labelled,
    archive,
    call,
    evaluate,
    until_over,
    until_ready,
    upload,
)
from tests.browser.service import Service
from tests.browser.toys import Toy

#: What the labels of the last two say is wrong: the digit and the answer, or the answer.
TOYS = [Labelled(Toy(tile=1 + n % 5, digit=1 + n % 5, confidence=0.9 + n / 200)) for n in range(12)]
NOISY = [*TOYS, Labelled(Toy(tile=2, digit=3), digit=5, answer=3), Labelled(Toy(tile=4), answer=1)]


@dataclass(frozen=True, slots=True)
class Judged:
    """A dataset with two wrong labels, and an evaluation on it."""

    dataset: str
    evaluation: str


@pytest.fixture(scope="module")
def judged(service: Service) -> Judged:
    """What the tests of this file look at."""
    dataset = upload(service, "noisy", NOISY)
    return Judged(dataset, evaluate(service, dataset))


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    """Use a control with the keyboard."""
    control.focus()
    page.keyboard.press(key)


def test_an_evaluation_leads_to_the_error_and_what_the_stages_saw(
    ada: Page, judged: Judged
) -> None:
    ada.goto("/evaluations")
    press(ada, ada.locator(f'a[href="/evaluations/{judged.evaluation}"]').first)
    expect(ada.locator(".figures")).to_contain_text("85.71 %")
    press(ada, ada.get_by_role("link", name="2 wrong answers"))
    pictures = ada.get_by_role("img", name=re.compile("the label says"))
    expect(pictures).to_have_count(2)
    press(ada, ada.get_by_role("navigation", name="Digit of the label").get_by_text("5"))
    expect(pictures).to_have_count(1)
    press(ada, ada.locator("a.drawn"))
    expect(ada).to_have_url(re.compile(r"/jobs/\w+/results/\d+\?show=wrong$"))


def test_the_threshold_is_moved_by_keyboard_and_tells_what_it_costs(
    ada: Page, judged: Judged
) -> None:
    ada.goto(f"/evaluations/{judged.evaluation}")
    slider = ada.get_by_role("slider")
    answers = ada.locator("[data-answers]")
    expect(answers).to_have_text("14")
    press(ada, slider, "Home")
    expect(answers).not_to_have_text("14")
    press(ada, slider, "ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("answered.*wrong"))


def test_a_label_is_corrected_into_a_new_version_that_compares_with_the_old(
    ada: Page, service: Service, judged: Judged
) -> None:
    ada.goto(f"/datasets/{judged.dataset}")
    press(ada, ada.get_by_role("button", name="Audit the labels"))
    ada.wait_for_url(re.compile(r"/jobs/\w{32}"))
    until_over(service, ada.url.rpartition("/")[2])
    ada.goto(f"/datasets/{judged.dataset}/suspects")
    press(ada, ada.get_by_role("link", name="Begin"))
    ada.get_by_role("heading", name="Task").wait_for()
    while ada.get_by_role("heading", name="Task").is_visible():
        ada.wait_for_load_state()
        expect(ada.locator("[data-keys]")).to_be_focused()
        address = ada.url
        ada.keyboard.press("w")
        ada.wait_for_url(lambda url, before=address: url != before)
    press(ada, ada.get_by_role("button", name="Make the new version"))
    expect(ada.get_by_text("Corrected by Ada")).to_be_visible()
    corrected = ada.url.rpartition("/")[2]
    until_ready(service, corrected)
    after = evaluate(service, corrected)
    assert call(service, f"/v1/evaluations/{after}")["accuracy"] == 1
    ada.goto("/evaluations")
    for one in (after, judged.evaluation):
        press(ada, ada.locator(f'input[value="{one}"]'), "Space")
    press(ada, ada.get_by_role("button", name="Compare"))
    fixed = ada.get_by_role("link", name="Fixed")
    expect(fixed).to_have_text("Fixed 2")
    press(ada, fixed)
    expect(ada.get_by_role("region", name="Puzzles of both").get_by_role("row")).to_have_count(3)


def test_a_dataset_is_uploaded(ada: Page, service: Service) -> None:
    ada.goto("/datasets")
    ada.get_by_label("Name").fill("by hand")
    packed = {"name": "x.zip", "mimeType": "application/zip", "buffer": archive(TOYS[:3])}
    ada.get_by_label("Zip archive").set_input_files([packed])
    press(ada, ada.get_by_role("button", name="Upload"))
    expect(ada.get_by_role("heading", name="by hand")).to_be_visible()
    # The page keeps itself up to date until the check is over.
    expect(ada.get_by_role("heading", name="by hand ready")).to_be_visible()


@pytest.fixture
def candidate(service: Service) -> str:
    """The id of a model that waits to be promoted."""
    with service.database.begin() as session:
        return models.register(session, "better@0123456789ab", "better").id


def test_a_model_is_promoted_and_rolled_back(ada: Page, service: Service, candidate: str) -> None:
    def champion() -> str | None:
        with service.database.read() as session:
            found = models.champion(session)
        return found.id if found else None

    before = champion()
    ada.goto(f"/models/{candidate}")
    press(ada, ada.get_by_role("link", name="Promote"))
    press(ada, ada.get_by_role("button", name="Promote"))
    expect(ada.get_by_role("heading", name="better champion")).to_be_visible()
    assert champion() == candidate
    ada.goto("/models")
    press(ada, ada.get_by_role("link", name="Roll back"))
    press(ada, ada.get_by_role("button", name="Roll back"))
    ada.get_by_role("heading", name="Models", exact=True).wait_for()
    assert champion() == before


def test_a_key_is_made_and_revoked(ada: Page) -> None:
    ada.goto("/keys")
    ada.get_by_label("Name").focus()
    ada.keyboard.type("Grace")
    press(ada, ada.get_by_role("checkbox", name="submit"), "Space")
    press(ada, ada.get_by_role("button", name="Make the key"))
    expect(ada.locator("#secret")).to_contain_text("orr_")
    press(ada, ada.get_by_role("link", name="Revoke the key of Grace"))
    press(ada, ada.get_by_role("button", name="Revoke"))
    expect(ada.get_by_role("row", name="Grace")).to_contain_text("revoked")


def addresses(judged: Judged) -> list[str]:
    """All pages of this file's subject."""
    evaluation, dataset = f"/evaluations/{judged.evaluation}", f"/datasets/{judged.dataset}"
    return [
        "/evaluations",
        evaluation,
        f"{evaluation}/puzzles?show=all",
        "/models",
        "/models/rollback",
        "/models/toy",
        "/datasets",
        dataset,
        f"{dataset}/suspects",
        f"{dataset}/suspects/0",
        "/keys",
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_nothing_keeps_anybody_from_these_pages(
    visit: Callable[..., Page], service: Service, judged: Judged, scheme: str, width: int
) -> None:
    # What axe-core tries out on a page is no fault of the page.
    page = visit(scheme, width, bypass_csp=True)
    sign_in(page, service)
    found = []
    for address in addresses(judged):
        page.goto(address)
        found += axe.problems(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert found == []
