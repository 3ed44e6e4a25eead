"""The web page: signing in, looking, sending, and nothing that a file's name could do."""

import re

import pytest
from sqlmodel import col, update

from store import datasets, evaluations, keys
from store.tables import Result
from tests.integration.api.parts import ERROR, Caller, Json, archive, form, picture, work_off
from tests.integration.api.visitor import Visitor

SLICE = {"accuracy": 0.975, "interval": [0.889, 0.994], "correct": 39, "scored": 40}


def test_a_stranger_is_shown_the_way_in(caller: Caller) -> None:
    stranger = Visitor(caller)
    assert "API key" in stranger.get("/").text
    for path in ("/jobs", "/evaluations", f"/jobs/{'0' * 32}"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_the_cookie_holds_no_key_and_no_script_can_read_it(caller: Caller) -> None:
    answer = Visitor(caller).sign_in()
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (caller.key or "?").partition(".")[2] not in cookie


def test_a_wrong_key_is_told_and_lets_nobody_in(caller: Caller) -> None:
    stranger = Visitor(caller)
    answer = stranger.sign_in("orr_wrong.key")
    assert (answer.status_code, 'role="alert"' in answer.text) == (401, True)
    assert stranger.get("/jobs").status_code == 303


def test_a_revoked_key_signs_its_visitor_out(visitor: Visitor) -> None:
    assert visitor.get("/jobs").status_code == 200
    with visitor.caller.database.begin() as session:
        keys.revoke(session, keys.page(session, 1).items[0].id)
    assert visitor.get("/jobs").status_code == 303


def test_a_visitor_can_sign_out(visitor: Visitor) -> None:
    assert visitor.send("/sign-out").status_code == 303
    assert visitor.get("/jobs").status_code == 303


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/submit", "/jobs", f"/jobs/{'0' * 32}/cancel"]
)
def test_a_form_without_its_token_is_refused(visitor: Visitor, path: str) -> None:
    fields = form(files=("a.jpg", picture())) if path == "/submit" else {}
    answer = visitor.send(path, fields, token="forged")
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert visitor.caller.get("/v1/jobs").get_json()["items"] == []


def test_pictures_are_sent_with_the_form_and_seen_with_their_answers(visitor: Visitor) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    answer = visitor.send("/submit", form(files=(name, picture())))
    assert answer.status_code == 303
    path = answer.headers["Location"]
    page = visitor.get(path).text
    assert "No results yet" in page
    assert f'data-events="{path}/events"' in page
    work_off(visitor.caller.database)
    page = visitor.get(path).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in page
    assert "the answer is tile 4, the digit 3" in page
    assert "data-events" not in page
    assert visitor.get(f"{path}/pictures/0").data == picture()
    assert visitor.caller.get(f"/v1{path}").get_json()["status"] == "succeeded"


def test_a_gallery_shows_small_copies_and_whole_pictures_where_there_is_none(
    visitor: Visitor,
) -> None:
    sent = [("a.jpg", picture()), ("b.jpg", picture(colour="red"))]
    path = visitor.send("/submit", form(files=("p.zip", archive(dict(sent))))).headers["Location"]
    work_off(visitor.caller.database)
    blobs = visitor.caller.app.extensions["orrery"].blobs
    copy = blobs.put(picture(size=(5, 2)))
    with visitor.caller.database.begin() as session:
        first = update(Result).where(col(Result.position) == 0)
        session.execute(first.values(thumbnail=copy))

    page = visitor.get(path).text
    small = visitor.get(f"{path}/pictures/0/small")

    assert f'href="{path}/pictures/0/small"' in page
    assert f'href="{path}/pictures/1"' in page
    assert small.data == picture(size=(5, 2))
    assert "immutable" in small.headers["Cache-Control"]
    assert visitor.get(f"{path}/pictures/1/small").status_code == 404


def test_an_archive_can_be_sent_with_the_form(visitor: Visitor) -> None:
    packed = archive({"a.jpg": picture(), "b.jpg": picture()})
    answer = visitor.send("/submit", form(files=("p.zip", packed)))
    assert answer.status_code == 303
    assert visitor.caller.get("/v1/jobs").get_json()["items"][0]["total"] == 2


def test_what_is_no_picture_is_told_before_anything_starts(visitor: Visitor) -> None:
    packed = archive({"<b>.txt": b"words", "a.jpg": picture(), "empty.png": b""})
    page = visitor.send("/submit", form(files=("p.zip", packed))).text
    assert "&lt;b&gt;.txt" in page
    assert "no JPEG, PNG or WebP" in page
    assert "This file is empty." in page
    assert visitor.caller.get("/v1/jobs").get_json()["items"] == []
    assert visitor.send("/jobs", _hidden(page)).status_code == 303
    assert visitor.caller.get("/v1/jobs").get_json()["items"][0]["total"] == 1


def test_the_same_form_sent_twice_starts_one_job(visitor: Visitor) -> None:
    packed = archive({"a.jpg": picture(), "b.txt": b"words"})
    fields = _hidden(visitor.send("/submit", form(files=("p.zip", packed))).text)
    first, second = (visitor.send("/jobs", fields).headers["Location"] for _ in range(2))
    assert first == second
    assert len(visitor.caller.get("/v1/jobs").get_json()["items"]) == 1


def test_pieces_of_a_folder_become_one_job(visitor: Visitor) -> None:
    visitor.get("/submit")
    told = [_piece(visitor, name) for name in ("a.jpg", "b.jpg", "c.txt")]
    assert [it["taken"] for it in told] == [1, 1, 0]
    assert [it["name"] for it in told[2]["refused"]] == ["c.txt"]
    tokens = " ".join(it["token"] for it in told if it["token"])
    assert visitor.send("/jobs", {"tokens": tokens, "once": "x"}).status_code == 303
    job = visitor.caller.get("/v1/jobs").get_json()["items"][0]
    work_off(visitor.caller.database)
    found = visitor.caller.get(f"/v1/jobs/{job['id']}/results").get_json()["items"]
    assert [it["image"] for it in found] == ["a.jpg", "b.jpg"]


def test_pieces_of_somebody_else_start_nothing(visitor: Visitor) -> None:
    visitor.get("/submit")
    token = _piece(visitor, "a.jpg")["token"]
    stranger = Visitor(visitor.caller.other())
    stranger.sign_in()
    stranger.get("/submit")
    for tokens in (token, "forged", ""):
        assert stranger.send("/jobs", {"tokens": tokens}).status_code == 422


def _hidden(page: str) -> Json:
    """The hidden fields of the form that starts a job."""
    start = page[page.index('id="begin"') :]
    return dict(re.findall(r'name="(once|tokens)" value="([^"]*)"', start))


def _piece(visitor: Visitor, name: str) -> Json:
    data = picture() if name.endswith(".jpg") else b"words"
    csrf = visitor.token
    fields = {"csrf": csrf} | form(files=(name, data))
    answer = visitor.http.post("/submit", data=fields, headers={"Accept": "application/json"})
    found: Json = answer.get_json()
    return found


def test_results_are_chosen_by_kind_and_digit(visitor: Visitor) -> None:
    path = visitor.send("/submit", form(files=("a.jpg", picture()))).headers["Location"]
    work_off(visitor.caller.database, {"confidence": 0.5})
    for query, is_there in (
        ("", True),
        ("?show=unsure", True),
        ("?show=unsure&digit=3", True),
        ("?show=failed", False),
        ("?digit=2", False),
    ):
        assert ("pictures/0" in visitor.get(path + query).text) is is_there
    for query in ("?show=everything", "?digit=6"):
        assert visitor.get(path + query).status_code == 404


def test_a_gallery_goes_on_to_its_next_page(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.gallery.PAGE", 1)
    packed = archive({"a.jpg": picture(), "b.jpg": picture()})
    path = visitor.send("/submit", form(files=("p.zip", packed))).headers["Location"]
    work_off(visitor.caller.database)
    [more] = re.findall(r'href="([^"]+cursor=[^"]+)"', visitor.get(path).text)
    assert "pictures/1" in visitor.get(more.replace("&amp;", "&")).text


def test_pictures_that_failed_are_tried_again_in_a_job_of_their_own(visitor: Visitor) -> None:
    path = "/jobs/" + visitor.caller.solve().get_json()["id"]
    work_off(visitor.caller.database, ERROR)
    assert "Retry what failed" in visitor.get(path).text
    first, second = (visitor.send(f"{path}/retry").headers["Location"] for _ in range(2))
    assert first == second != path
    work_off(visitor.caller.database)
    assert "Retry what failed" not in visitor.get(first).text


def test_results_are_exported_as_files(visitor: Visitor) -> None:
    path = "/jobs/" + visitor.caller.solve().get_json()["id"]
    work_off(visitor.caller.database)
    table = visitor.get(f"{path}/export/csv")
    assert table.text.splitlines()[1].startswith("0,a.jpg,4,712.5,88.0,3")
    assert "attachment" in table.headers["Content-Disposition"]
    assert '"tile":4' in visitor.get(f"{path}/export/jsonl").text


def test_a_picture_without_an_answer_says_why(visitor: Visitor) -> None:
    visitor.caller.solve()
    work_off(visitor.caller.database, ERROR)
    job = visitor.caller.get("/v1/jobs").get_json()["items"][0]
    assert "this is no picture" in visitor.get(f"/jobs/{job['id']}").text


def test_a_job_that_checks_a_dataset_shows_what_is_wrong_with_it(visitor: Visitor) -> None:
    caller = visitor.caller
    labels = b'[{"id": 1, "data": {"image": "1.jpg"}, "annotations": []}]'
    packed = archive({"labels.json": labels, "1.jpg": picture()})
    dataset = caller.post("/v1/datasets", data=form(archive=("spring.zip", packed))).get_json()
    problem = {"task": "1", "code": "no_digit", "message": "draw a box around the digit"}
    with caller.database.begin() as session:
        datasets.checked(session, dataset["id"], status="rejected", puzzles=0, problems=[problem])
    work_off(caller.database)

    job = caller.get("/v1/jobs?kind=import").get_json()["items"][0]
    page = visitor.get(f"/jobs/{job['id']}").text

    assert "spring" in page
    assert "rejected" in page
    assert "draw a box around the digit" in page
    assert "None" not in page


def test_a_job_can_be_cancelled_from_its_page(visitor: Visitor) -> None:
    path = "/jobs/" + visitor.caller.solve().get_json()["id"]
    visitor.get(path)
    assert visitor.send(f"{path}/cancel").headers["Location"] == path
    assert "cancelled" in visitor.get(path).text


def test_what_belongs_to_another_key_is_not_there(visitor: Visitor) -> None:
    path = "/jobs/" + visitor.caller.other().solve().get_json()["id"]
    for tried in (path, f"{path}/pictures/0", f"{path}/pictures/0/small", f"{path}/events"):
        answer = visitor.get(tried)
        assert (answer.status_code, "Not Found" in answer.text) == (404, True)
    assert visitor.send(f"{path}/cancel").status_code == 404


def test_evaluations_are_listed_and_shown(visitor: Visitor) -> None:
    with visitor.caller.database.begin() as session:
        evaluations.add(
            session,
            key_id=keys.page(session, 1).items[0].id,
            job_id=None,
            model="m@0123456789ab",
            dataset=None,
            metrics={"accuracy": 0.975, "scored": 40, "by": {"style": {"</pre>": SLICE}}},
        )
        entry = evaluations.page(session, None, 1).items[0].id
    for path in ("/evaluations", f"/evaluations/{entry}"):
        page = visitor.get(path).text
        assert "97.50 %" in page
        assert '"</pre>"' not in page
    assert "88.9–99.4 %" in page
    assert "<td>&lt;/pre&gt;</td>" in page


def test_an_accuracy_that_fell_needs_attention_on_the_overview(visitor: Visitor) -> None:
    fell = "the accuracy fell from 0.9800 (<b>) to 0.9000 (m@0123456789ab), p = 0.001"
    alert = {"since": "0" * 32, "from": 0.98, "to": 0.9, "p": 0.001, "message": fell}
    assert "the accuracy fell" not in visitor.get("/").text
    with visitor.caller.database.begin() as session:
        mine = keys.page(session, 1).items[0].id
        dataset = datasets.create(session, mine, "Spring", "v1", "0" * 64, [], nightly=True)
        row = evaluations.add(
            session,
            key_id=mine,
            job_id=None,
            model="m@0123456789ab",
            dataset=dataset,
            metrics={"accuracy": 0.9, "scored": 40},
            schedule="nightly",
            alert=alert,
        )
        assert row is not None
        entry = row.id
    page = visitor.get("/").text
    assert "Needs attention" in page
    assert "fell from 0.9800 (&lt;b&gt;) to 0.9000" in page
    assert 'role="alert"' in visitor.get(f"/evaluations/{entry}").text
    found = visitor.caller.get(f"/v1/evaluations/{entry}").get_json()
    assert (found["schedule"], found["alert"]) == ("nightly", alert)
    gauge = f'orrery_accuracy_alert{{dataset="{dataset.id}"}} 1.0'
    assert gauge in visitor.caller.get("/metrics").text
    stranger = Visitor(visitor.caller.other())
    stranger.sign_in()
    assert "the accuracy fell" not in stranger.get("/").text
    # Who turns the nightly evaluation off has seen it.
    visitor.caller("PATCH", f"/v1/datasets/{dataset.id}", json={"nightly": False})
    assert "the accuracy fell" not in visitor.get("/").text


def test_lists_go_on_to_older_entries(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.job_pages.MANY", 1)
    visitor.caller.solve()
    visitor.caller.solve()
    older = re.search(r'href="(/jobs\?cursor=[^"]+)"', visitor.get("/jobs").text)
    assert older
    assert visitor.get(older[1]).status_code == 200
    assert visitor.get("/jobs?cursor=x").status_code == 400


def test_a_key_that_may_only_read_sees_no_form(caller: Caller) -> None:
    reader = Visitor(caller.other("read"))
    reader.sign_in()
    page = reader.get("/").text
    assert "/submit" not in page
    assert reader.get("/submit").status_code == 403
    assert reader.send("/submit", form(files=("a.jpg", picture()))).status_code == 403


def test_a_page_that_is_not_there_is_told_as_a_page(visitor: Visitor) -> None:
    answer = visitor.get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert visitor.get("/v1/nowhere").mimetype == "application/problem+json"
