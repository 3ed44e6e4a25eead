"""Who is signed in, and for how long: cookies that were planted, stolen or changed; redirects."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from api import events
from store import keys
from store.settings import Settings
from store.tables import WebSession
from tests.integration.api.parts import Caller, Maker, work_off
from tests.integration.api.visitor import Visitor

SIGNED_IN, AWAY = 200, 303


def cookie(answer: TestResponse) -> str:
    """The cookie that an answer sets."""
    return next(it for it in answer.headers.getlist("Set-Cookie") if it.startswith("orrery="))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://orrery.example"])
def test_the_cookie_is_for_this_site_and_no_script(
    lite: Settings, make_caller: Maker, url: str
) -> None:
    caller = make_caller(lite.model_copy(update={"url": url}))
    told = cookie(Visitor(caller).sign_in()).split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(told)
    assert ("Secure" in told) == url.startswith("https:")
    assert not any(it.startswith("Domain=") for it in told)


def jobs_as(caller: Caller, value: str) -> int:
    """The status of a page for a browser that has just this cookie."""
    browser = caller.app.test_client()
    browser.set_cookie("orrery", value)
    return browser.get("/jobs").status_code


def kept(visitor: Visitor) -> str:
    """The cookie that a browser has now."""
    found = visitor.http.get_cookie("orrery")
    assert found is not None
    return str(found.value)


def test_a_cookie_planted_before_signing_in_is_worth_nothing(caller: Caller) -> None:
    victim = Visitor(caller)
    victim.get("/")
    planted, token = kept(victim), victim.token
    assert victim.sign_in().status_code == AWAY
    assert kept(victim) != planted
    assert jobs_as(caller, planted) == AWAY
    victim.get("/")
    assert victim.token not in ("", token)


def test_a_copy_of_the_cookie_ends_with_the_sign_out(visitor: Visitor) -> None:
    stolen = kept(visitor)
    assert jobs_as(visitor.caller, stolen) == SIGNED_IN
    visitor.get("/")
    visitor.send("/sign-out")
    assert jobs_as(visitor.caller, stolen) == AWAY


@pytest.mark.parametrize(("path", "begun"), [("/jobs/events", 1), ("/jobs/{}/events", 2)])
def test_a_stream_of_the_page_ends_with_the_sign_out(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, path: str, begun: int
) -> None:
    monkeypatch.setattr(events, "LIFETIME", 60)
    caller = visitor.caller
    job = caller.solve().get_json()["id"]
    stream = iter(visitor.http.get(path.format(job), buffered=False).response)
    assert "event:" in "".join(_text(next(stream)) for _ in range(begun))
    visitor.send("/sign-out")
    work_off(caller.database)
    assert "event:" not in "".join(map(_text, stream))


def _text(piece: str | bytes) -> str:
    return piece if isinstance(piece, str) else piece.decode()


def test_a_session_ends_with_its_time(visitor: Visitor) -> None:
    assert visitor.get("/jobs").status_code == SIGNED_IN
    with visitor.caller.database.begin() as session:
        session.execute(update(WebSession).values(expires_at=datetime.now(UTC)))
    assert visitor.get("/jobs").status_code == AWAY


def test_a_session_ends_with_its_key(visitor: Visitor) -> None:
    with visitor.caller.database.begin() as session:
        keys.revoke(session, keys.page(session, 1).items[0].id)
    assert visitor.get("/jobs").status_code == AWAY


def test_a_cookie_that_was_changed_or_made_up_is_worth_nothing(visitor: Visitor) -> None:
    value = kept(visitor)
    for other in (value[:-1] + ("A" if value[-1] != "A" else "B"), value[1:], "x.y.z", ""):
        assert jobs_as(visitor.caller, other) == AWAY


@pytest.mark.parametrize("name", ["next", "url", "return_to", "redirect"])
def test_signing_in_leads_nowhere_else(caller: Caller, name: str) -> None:
    browser = Visitor(caller)
    browser.get("/")
    answer = browser.http.post(
        f"/sign-in?{name}=https://evil.example/",
        data={"csrf": browser.token, "key": caller.key, name: "//evil.example"},
        headers={"Referer": "https://evil.example/", "X-Forwarded-Host": "evil.example"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (AWAY, "/")


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/jobs", "/\\evil.example"])
def test_no_address_redirects_to_another_site(visitor: Visitor, path: str) -> None:
    # The test client would take the name for that of the server.
    answer = visitor.http.get("/", environ_overrides={"PATH_INFO": path})
    assert "evil.example" not in answer.headers.get("Location", "")
