"""Signing in and out, with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.service import Service


def test_a_visitor_signs_in_and_out_with_the_keyboard(page: Page, service: Service) -> None:
    sign_in(page, service)
    expect(page.get_by_role("navigation", name="Main").get_by_text("Jobs")).to_be_visible()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("API key")).to_be_visible()


def test_a_wrong_key_is_told_beside_its_field(page: Page) -> None:
    page.goto("/")
    page.get_by_label("API key").fill("orr_wrong.key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("unknown, expired or revoked")
    expect(page.get_by_label("API key")).to_have_attribute("aria-invalid", "true")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(ada: Page) -> None:
    ada.goto("/jobs")
    ada.keyboard.press("Tab")
    ada.keyboard.press("Enter")
    expect(ada.locator("#main")).to_be_focused()
