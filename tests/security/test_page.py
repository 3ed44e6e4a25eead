"""The web page in a hostile browser: headers, forms and names of files."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from api import formats, sessions
from api.errors import Forbidden
from store import datasets, evaluations
from store.tables import Result
from tests.fuzz import hostile
from tests.integration.api.parts import ERROR, Caller, archive, form, picture, work_off
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
    for path in [*addresses(visitor.caller, ids), "/nowhere"]:
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
    foreign = stranger.token
    assert foreign
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
        found.append(visitor.token)
    assert len(set(found)) == 3
    assert all(found)
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
