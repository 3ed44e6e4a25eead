"""The web page in a hostile browser: headers, forms, cookies, sessions and names of files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.test import TestResponse

from api import formats, sessions
from api.errors import Forbidden
from store import datasets, evaluations, keys
from store.settings import Settings
from store.tables import Result, WebSession
from tests.fuzz import hostile
from tests.integration.api.parts import ERROR, Caller, Maker, archive, form, picture, work_off
from tests.integration.api.visitor import Visitor
from tests.security import belongings
from tests.security.operations import address

SCRIPT = "<img src=x onerror=alert(1)>"
SIGNED_IN, AWAY = 200, 303
#: Files that pages load.
STATIC = {"version": "0" * 12, "filename": "orrery.svg", "name": "css/swagger-ui.css"}


def policy(answer: TestResponse) -> dict[str, list[str]]:
    """The directives of an answer's content security policy."""
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def addresses(caller: Caller, ids: dict[str, str]) -> Iterator[str]:
    """Everything that a browser can ask for with GET, the API included."""
    for rule in caller.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.endswith("/events"):
            yield address(rule, ids | STATIC)


def forms(caller: Caller, ids: dict[str, str]) -> list[str]:
    """Every address that takes a form."""
    return [
        address(rule, ids)
        for rule in caller.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/v1/")
    ]


@pytest.fixture
def visitor(caller: Caller) -> Visitor:
    """A visitor who has signed in."""
    found = Visitor(caller)
    found.sign_in()
    return found


def test_every_answer_keeps_a_browser_on_a_short_leash(visitor: Visitor) -> None:
    ids = belongings.make(visitor.caller)
    tried = [*addresses(visitor.caller, ids), "/nowhere", "/v1/nowhere"]
    assert len(tried) > 30
    for path in tried:
        answer = visitor.get(path)
        rules = policy(answer)
        assert rules["default-src"] == ["'none'"], path
        assert rules["script-src"] == ["'self'"], path
        assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"], path
        assert rules["form-action"] == ["'self'"], path
        allowed = {word for name in rules for word in rules[name]}
        assert allowed <= {"'none'", "'self'"} | ({"'unsafe-inline'", "data:"} & docs(path)), path
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "Cache-Control" in headers, path


def docs(path: str) -> set[str]:
    """What Swagger UI needs besides, on its own page: styles and data images, never a script."""
    swagger = path == "/openapi.json" or path.startswith("/docs")
    return {"'unsafe-inline'", "data:"} if swagger else set()


def test_no_page_holds_inline_code_or_style(visitor: Visitor) -> None:
    ids = belongings.make(visitor.caller)
    for path in addresses(visitor.caller, ids):
        answer = visitor.get(path)
        if answer.mimetype == "text/html":
            inline = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:"
            assert not re.search(inline, answer.text), path
            loaded = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
            assert all(it.startswith(("/", "#", "?")) for it in loaded), path


def test_every_form_needs_the_token_of_its_own_visitor(visitor: Visitor) -> None:
    ids = belongings.make(visitor.caller)
    stranger = Visitor(visitor.caller.other())
    stranger.sign_in()
    stranger.get("/")
    foreign = re.findall('name="csrf" value="([^"]+)"', stranger.page)[0]
    taking = forms(visitor.caller, ids)
    assert len(taking) >= 4
    before = visitor.caller.get("/v1/jobs").get_json()
    for path in taking:
        for token in ("", "forged", foreign):
            # Each reads a form with a file in it, whether it wants one or not.
            fields = {"csrf": token} | form(files=("a.jpg", picture()))
            answer = visitor.http.post(path, data=fields)
            assert answer.status_code == 403, (path, token)
    assert visitor.get("/").status_code == SIGNED_IN
    assert visitor.caller.get("/v1/jobs").get_json() == before


def test_the_token_is_another_text_on_each_page_and_good_on_all(visitor: Visitor) -> None:
    found = []
    for _ in range(3):
        visitor.get("/")
        found += re.findall('name="csrf" value="([^"]+)"', visitor.page)[:1]
    assert len(set(found)) == 3
    job = visitor.caller.solve().get_json()["id"]
    for token in found:
        answer = visitor.send(f"/jobs/{job}/cancel", token=token)
        assert answer.status_code == AWAY


@given(st.text(max_size=200) | st.binary(max_size=70).map(bytes.hex))
@settings(max_examples=50, deadline=None)
def test_no_text_that_is_made_up_is_a_token(sent: str) -> None:
    app = Flask(__name__)
    app.secret_key = "x"
    with app.test_request_context(), pytest.raises(Forbidden):
        sessions.check_token(sent)


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
    planted, token = kept(victim), re.findall('name="csrf" value="([^"]+)"', victim.page)
    assert victim.sign_in().status_code == AWAY
    assert kept(victim) != planted
    assert jobs_as(caller, planted) == AWAY
    victim.get("/")
    assert re.findall('name="csrf" value="([^"]+)"', victim.page)[0] not in token


def test_a_copy_of_the_cookie_ends_with_the_sign_out(visitor: Visitor) -> None:
    stolen = kept(visitor)
    assert jobs_as(visitor.caller, stolen) == SIGNED_IN
    visitor.get("/")
    visitor.send("/sign-out")
    assert jobs_as(visitor.caller, stolen) == AWAY


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
    token = re.findall('name="csrf" value="([^"]+)"', browser.page)[0]
    answer = browser.http.post(
        f"/sign-in?{name}=https://evil.example/",
        data={"csrf": token, "key": caller.key, name: "//evil.example"},
        headers={"Referer": "https://evil.example/", "X-Forwarded-Host": "evil.example"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (AWAY, "/")


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/jobs", "/\\evil.example"])
def test_no_address_redirects_to_another_site(visitor: Visitor, path: str) -> None:
    # The test client would take the name for that of the server.
    answer = visitor.http.get("/", environ_overrides={"PATH_INFO": path})
    assert "evil.example" not in answer.headers.get("Location", "")


def spoil(caller: Caller) -> dict[str, str]:
    """Put a script into every name that a user or a file can choose; gives the ids."""
    ids = belongings.make(caller)
    job = caller.solve((f"{SCRIPT}.jpg", picture())).get_json()["id"]
    work_off(caller.database, ERROR | {"error_message": SCRIPT})
    packed = archive({"labels.json": b"[]", f"{SCRIPT}/1.jpg": picture()})
    fields = form(archive=(f"{SCRIPT}.zip", packed), name=SCRIPT)
    dataset = caller.post("/v1/datasets", data=fields).get_json()["id"]
    problem = {"task": SCRIPT, "code": SCRIPT, "message": SCRIPT}
    with caller.database.begin() as session:
        datasets.checked(session, dataset, status="rejected", puzzles=0, problems=[problem])
        row = datasets.get(session, None, dataset)
        found = evaluations.add(
            session,
            key_id=row.key_id,
            job_id=None,
            model=SCRIPT,
            dataset=row,
            metrics={"accuracy": 1.0, "scored": 1, "by": {SCRIPT: {SCRIPT: SLICE}}},
        )
        assert found is not None
    return ids | {"job_id": job, "dataset_id": dataset, "evaluation_id": found.id}


SLICE = {"accuracy": 1.0, "interval": [0.9, 1.0], "correct": 1, "scored": 1}


def test_a_name_that_is_a_script_stays_text_on_every_page_and_in_every_download(
    visitor: Visitor,
) -> None:
    caller = visitor.caller
    ids = spoil(caller)
    shown = 0
    for path in addresses(caller, ids):
        for answer in (visitor.get(path), caller.http.get(path, headers=caller.headers)):
            if answer.mimetype in ("text/html", "image/svg+xml"):
                assert "<img src=x" not in answer.text, path
                shown += "&lt;img src=x" in answer.text
            # Whatever else holds it is a download, or of a type that no browser reads as a page.
            elif b"<img src=x" in answer.data:
                download = answer.headers.get("Content-Disposition", "").startswith("attachment")
                json = answer.mimetype in ("application/json", "application/problem+json")
                assert download or json, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert shown >= 4
    for kind in ("csv", "jsonl"):
        answer = caller.get(f"/v1/jobs/{ids['job_id']}/results?format={kind}")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_that_is_a_page_as_well_is_sent_as_a_picture(caller: Caller) -> None:
    odd = ["JPEG and HTML", "SVG", "HTML that begins like a GIF"]
    sent = [(name, hostile.PICTURES[name]()) for name in odd]
    job = caller.solve(*sent).get_json()["id"]
    told = [caller.get(f"/v1/jobs/{job}/results/{n}/picture") for n in range(len(odd))]
    assert [it.mimetype for it in told] == ["image/jpeg"] + 2 * ["application/octet-stream"]
    assert [it.headers.get("Content-Disposition") for it in told] == [None] + 2 * ["attachment"]
    assert all(it.headers["X-Content-Type-Options"] == "nosniff" for it in told)


@given(
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", " =", "  +"]),
    st.text(max_size=9),
)
def test_no_cell_of_a_csv_is_a_formula(start: str, rest: str) -> None:
    row = Result(
        item_id=1,
        job_id="j",
        position=0,
        image=start + rest,
        error_code="x",
        error_message=start + rest,
        model=start,
    )
    [_, cells] = csv.reader(io.StringIO("".join(formats.table([row])), newline=""))
    for cell in cells:
        assert not cell.lstrip(" ").startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
