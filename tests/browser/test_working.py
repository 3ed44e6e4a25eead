"""A day's work with the page: send pictures, watch them, look at the answers; by keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from store import jobs as work
from tests.browser.conftest import PATIENCE, Visit, opened, sign_in
from tests.browser.service import Service
from tests.browser.toys import Toy, draw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pictures, one of them in a folder of its own, and what is none."""
    (tmp_path / "puzzles" / "deep").mkdir(parents=True)
    found = tmp_path / "puzzles"
    (found / "a.png").write_bytes(draw(Toy(tile=2, digit=1)))
    (found / "deep" / "b.png").write_bytes(draw(Toy(tile=5, digit=4, confidence=0.55)))
    (found / "notes.txt").write_text("these are words")
    (found / "empty.png").touch()
    return found


def press(page: Page, role: str, name: str) -> None:
    """Go to a control and press Enter."""
    page.get_by_role(role, name=name, exact=True).focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def test_a_folder_is_sent_and_every_refused_file_is_told_with_its_reason(
    ada: Page, folder: Path
) -> None:
    press(ada, "link", "Submit")
    # Loaded, script and all: without it the form would go its plain way.
    ada.wait_for_url("**/submit")
    ada.get_by_label("A folder").set_input_files(folder)
    press(ada, "button", "Solve")
    refusals = ada.get_by_role("region", name="Refused files")
    expect(refusals.get_by_role("row", name="puzzles/notes.txt")).to_contain_text("no JPEG")
    expect(refusals.get_by_role("row", name="puzzles/empty.png")).to_contain_text("empty")
    expect(ada.get_by_role("heading", name="2 taken, 2 refused")).to_be_focused()
    press(ada, "button", "Solve the others")
    expect(ada.get_by_role("heading", name="Solve job")).to_contain_text("succeeded")
    expect(ada.get_by_role("img", name="puzzles/deep/b.png")).to_have_count(1)


def test_a_folder_without_a_fault_starts_at_once(ada: Page, folder: Path) -> None:
    (folder / "notes.txt").unlink()
    (folder / "empty.png").unlink()
    ada.goto("/submit")
    ada.get_by_label("A folder").set_input_files(folder)
    press(ada, "button", "Solve")
    expect(ada.get_by_role("heading", name="Solve job")).to_contain_text("succeeded")


def test_the_form_does_the_same_without_scripts(
    visit: Visit, service: Service, folder: Path
) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page, service)
    page.goto("/submit")
    page.get_by_label("Pictures or a zip archive").set_input_files(
        [folder / "a.png", folder / "notes.txt"]
    )
    press(page, "button", "Solve")
    expect(page.get_by_role("row", name="notes.txt")).to_contain_text("no JPEG")
    press(page, "button", "Solve the others")
    expect(page.get_by_role("heading", name="Solve job")).to_be_visible()


def test_a_job_is_watched_live_and_cancelled(ada: Page, service: Service) -> None:
    gate = service.gate("cancelled")
    with opened(gate):
        waiting = [Toy(gate=str(gate))] * 8
        job = service.solve([Toy(), *waiting])
        ada.goto("/jobs")
        row = ada.get_by_role("row", name=job[-12:])
        expect(row).to_contain_text("running")
        press(ada, "link", job[-12:])
        expect(ada.get_by_role("heading", name="Solve job")).to_contain_text("running")
        press(ada, "button", "Cancel")
        expect(ada.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(ada.get_by_role("heading", name="Solve job")).to_contain_text("cancelled")


def test_progress_comes_without_a_reload(ada: Page, service: Service) -> None:
    gate = service.gate("live")
    with opened(gate):
        job = service.solve([Toy(gate=str(gate))] * 2)
        ada.goto(f"/jobs/{job}")
        expect(ada.get_by_text("No results yet.")).to_be_visible()
        ada.evaluate("window.same = true")
    expect(ada.get_by_role("heading", name="Solve job")).to_contain_text("succeeded")
    expect(ada.get_by_role("progressbar")).to_have_attribute("value", "2")
    assert ada.evaluate("window.same")


def test_a_list_without_a_place_for_events_is_polled(visit: Visit, service: Service) -> None:
    page = visit()
    sign_in(page, service)
    page.route("**/events", lambda route: route.fulfill(status=503))
    page.goto("/jobs")
    job = service.solve([Toy()])
    row = page.get_by_role("row", name=job[-12:])
    expect(row).to_contain_text("succeeded", timeout=PATIENCE)


def test_results_are_filtered_an_error_is_looked_at_and_a_puzzle_explained(
    ada: Page, service: Service
) -> None:
    unsure = [Toy(tile=1, digit=5, confidence=0.6), Toy(tile=2, digit=4, confidence=0.7)]
    several = [Toy(), unsure[0], Toy(error="This is no puzzle."), unsure[1]]
    job = service.solve(several)
    service.wait(job)
    ada.goto(f"/jobs/{job}")
    press(ada, "link", "Failed 1")
    expect(ada.get_by_text("This is no puzzle.")).to_be_visible()
    expect(ada.locator(".gallery li")).to_have_count(1)
    ada.locator(".gallery a").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("alert")).to_contain_text("This is no puzzle.")
    ada.go_back()
    press(ada, "link", "Unsure 2")
    ada.get_by_role("link", name="001.png").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="Tile 1: the icon stands on orbit 5")).to_be_visible()
    expect(ada.get_by_role("heading", name="6 Decision: tile")).to_be_visible()
    expect(ada.get_by_text("unsure", exact=True)).to_be_visible()
    for key, tile in (("ArrowRight", 2), ("ArrowLeft", 1)):
        ada.keyboard.press(key)
        expect(ada.get_by_role("heading", name=f"Tile {tile}: the icon stands")).to_be_visible()


def test_what_failed_is_tried_again_in_a_job_of_its_own(ada: Page, service: Service) -> None:
    job = service.solve([Toy(), Toy(error="This is no puzzle.")])
    service.wait(job)
    ada.goto(f"/jobs/{job}")
    press(ada, "button", "Retry what failed")
    expect(ada.get_by_role("progressbar")).to_have_attribute("max", "1")
    with service.database.read() as session:
        again = work.page(session, None, 1).items[0]
    assert (again.id != job, again.total) == (True, 1)
    assert ada.url.endswith(again.id)
