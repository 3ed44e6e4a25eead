"""The pages of evaluations, models, datasets and keys: what they show, and to whom."""

import io
from typing import Any

import pytest

from store import datasets, evaluations, keys, models, outcomes, reviews
from store.blobs import Blobs
from store.datasets import NewImage
from store.paging import encode
from store.settings import Settings
from store.tables import Dataset, Evaluation
from tests.integration.api.parts import Caller, archive, form, picture
from tests.integration.api.visitor import Visitor

SLICE = {"accuracy": 0.975, "interval": [0.889, 0.994], "correct": 39, "scored": 40}
METRICS = {
    "accuracy": 0.75,
    "interval": [0.3, 0.95],
    "correct": 3,
    "scored": 4,
    "ambiguous": 0,
    "failed": 1,
    "lost_to": {"digit": 1, "match": 0},
    "regained": {"digit": 0.25},
    "calibration": [{"low": 0.9, "high": 1, "count": 3, "confidence": 0.95, "accuracy": 1.0}],
    "coverage_risk": [{"confidence": 0.9, "coverage": 0.5, "risk": 0.0}],
    "roc": [{"false": 0.0, "true": 0.9}, {"false": 1.0, "true": 1.0}],
    "confusions": {"digit": {"3": {"3": 3, "5": 1}}, "orbit": {"3": {"3": 4}}},
    "by": {"split": {"test": SLICE}},
}


@pytest.fixture
def admin(caller: Caller) -> Visitor:
    """An administrator who has signed in."""
    return signed_in(caller.other("admin"))


def signed_in(caller: Caller) -> Visitor:
    found = Visitor(caller)
    assert found.sign_in().status_code == 303
    found.get("/")
    return found


def outcome(number: int, **changed: Any) -> dict[str, Any]:
    """An outcome as a worker packs it: right, unless something is changed."""
    return {
        "picture": f"{number:064x}",
        "position": number,
        "task": str(number),
        "image": f"{number}.png",
        "split": "test",
        "groups": [],
        "digit": 3,
        "answer": 2,
        "derived": False,
        "scored": True,
        "ambiguous": False,
        "correct": True,
        "tile": 2,
        "tile_correct": True,
        "digit_read": 3,
        "digit_correct": True,
        "orbit_read": 3,
        "confidence": 0.9,
        "point": [300.0, 100.0],
        "box": [290.0, 90.0, 20.0, 20.0],
        "size": [1000, 400],
        "planets": 25,
        "failed": False,
        "error": None,
        "lost_to": None,
        "regained": [],
    } | changed


WRONG = {"correct": False, "lost_to": "digit", "digit_read": 5, "digit_correct": False, "tile": 4}


def logged(
    caller: Caller, lite: Settings, found: list[dict[str, Any]], model: str = "small@1"
) -> Evaluation:
    """An evaluation in the log, with its outcomes."""
    pack = outcomes.Pack()
    for one in found:
        pack.add(one)
    blob = Blobs(lite.blob_url).put(pack.data())
    with caller.database.begin() as session:
        key_id = keys.page(session, 10).items[-1].id
        row = evaluations.add(
            session,
            key_id=key_id,
            job_id=None,
            model=model,
            dataset=None,
            metrics=METRICS,
            outcomes=blob,
        )
    assert row is not None
    return row


def test_an_evaluation_tells_where_answers_were_lost_and_what_was_misread(
    admin: Visitor, lite: Settings
) -> None:
    row = logged(admin.caller, lite, [outcome(0)])
    page = admin.get(f"/evaluations/{row.id}").text
    assert f"/evaluations/{row.id}/puzzles?lost_to=digit" in page
    assert "+25.00" in page
    assert "1 read as 5 instead of 3" in page
    assert "97.50 %" in page
    assert "orrery-threshold" in page


def test_wrong_answers_are_found_by_stage_digit_and_what_was_read(
    admin: Visitor, lite: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.mistakes.PAGE", 6)
    found = [outcome(n) for n in range(9)] + [outcome(n, **WRONG) for n in range(9, 17)]
    found.append(outcome(17, correct=False, lost_to="match", orbit_read=None, digit=4))
    row = logged(admin.caller, lite, found)
    address = f"/evaluations/{row.id}/puzzles"

    def images(query: str = "") -> list[int]:
        text = admin.get(address + query).text
        return [n for n in range(18) if f'title="{n}.png"' in text]

    assert images() == [9, 10, 11, 12, 13, 14]
    assert images(f"?cursor={encode(14)}") == [15, 16, 17]
    assert images("?lost_to=match") == [17]
    assert images("?digit=4&orbit=none") == [17]
    assert images("?show=all&read=3") == [0, 1, 2, 3, 4, 5]
    assert images("?lost_to=orbit") == []
    assert 'viewBox="0 0 1000 400.0"' in admin.get(address).text


def test_two_evaluations_are_held_against_each_other(admin: Visitor, lite: Settings) -> None:
    first = logged(admin.caller, lite, [outcome(0), outcome(1), outcome(2, **WRONG)])
    second = logged(admin.caller, lite, [outcome(0, **WRONG), outcome(1), outcome(2)], "large@2")
    query = f"of={second.id}&of={first.id}&order=age"
    page = admin.get(f"/evaluations/compare?{query}").text
    assert page.index("small@1") < page.index("large@2")
    assert "0.png" in page
    assert "2.png" not in page
    assert "2.png" in admin.get(f"/evaluations/compare?{query}&show=fixed").text
    answer = admin.get(f"/evaluations/compare?of={first.id}")
    assert (answer.status_code, "exactly two" in answer.text) == (422, True)


def test_nobody_sees_the_evaluations_or_datasets_of_another_key(
    admin: Visitor, lite: Settings
) -> None:
    row = logged(admin.caller, lite, [outcome(0)])
    made = dataset(admin.caller, lite)
    stranger = signed_in(admin.caller.other("read"))
    for path in (
        f"/evaluations/{row.id}",
        f"/evaluations/{row.id}/puzzles",
        f"/evaluations/{row.id}/pictures/{'0' * 64}",
        f"/evaluations/compare?of={row.id}&of={'1' * 32}",
        f"/datasets/{made.id}",
        f"/datasets/{made.id}/suspects",
        f"/datasets/{made.id}/suspects/0",
        f"/datasets/{made.id}/pictures/{made.labels}",
    ):
        assert stranger.get(path).status_code == 404
    assert row.id not in stranger.get("/evaluations").text


def test_only_an_administrator_promotes_and_sees_the_keys(admin: Visitor) -> None:
    with admin.caller.database.begin() as session:
        models.register(session, "small@1", "small", state="champion")
        models.register(session, "large@2", "large")
    reader = signed_in(admin.caller.other("read"))
    assert "Promote" not in reader.get("/models/large@2").text
    for path in ("/models/large@2/promote", "/models/rollback", "/keys"):
        assert reader.get(path).status_code == 403
        assert reader.send(path).status_code == 403
    assert 'href="/keys"' not in reader.get("/models").text


def test_a_model_is_promoted_and_rolled_back(admin: Visitor) -> None:
    with admin.caller.database.begin() as session:
        models.register(session, "small@1", "small", state="champion")
        models.register(session, "large@2", "large", origin=models.Origin("small@1"))

    def champion() -> str | None:
        with admin.caller.database.read() as session:
            found = models.champion(session)
        return found.id if found else None

    assert "small@1" in admin.get("/models/large@2").text
    assert admin.get("/models/large@2/promote").status_code == 200
    assert admin.send("/models/large@2/promote").status_code == 303
    assert champion() == "large@2"
    assert "Bring back" in admin.get("/models/rollback").text
    assert admin.send("/models/rollback").status_code == 303
    assert champion() == "small@1"


def test_what_the_gate_refused_is_promoted_only_on_purpose(admin: Visitor) -> None:
    with admin.caller.database.begin() as session:
        models.register(session, "small@1", "small", state="champion")
        row = models.register(session, "large@2", "large")
        row.gate = {"passed": False, "reasons": ["worse on digit 3"], "figures": {}}
    assert "worse on digit 3" in admin.get("/models/large@2/promote").text
    assert admin.send("/models/large@2/promote").status_code == 409
    admin.get("/models/large@2/promote")
    assert admin.send("/models/large@2/promote", {"force": "on"}).status_code == 303


def dataset(caller: Caller, lite: Settings) -> Dataset:
    """A dataset of one picture with a suspected digit and a suspected answer."""
    blobs = Blobs(lite.blob_url)
    labels = b"""[{"id": "7", "data": {"image": "a.jpg"}, "annotations": [{"result": [
        {"type": "rectanglelabels", "value": {"x": 5, "y": 60, "width": 3, "height": 10,
         "rectanglelabels": ["3"]}}]}]}]"""
    image = NewImage("a.jpg", blobs.put(picture()))
    suspects = [
        {"kind": "digit", "tile": None, "correction": {"digit": 4}, "message": "reads 4"},
        {"kind": "answer", "tile": 2, "correction": {"answer": 2}, "message": "is tile 2"},
    ]
    shared = {"task": "7", "image": "a.jpg", "score": 0.9, "confidence": 0.9}
    label = {
        "digit": 3,
        "digit_box": [0.05, 0.6, 0.03, 0.1],
        "targets": [[0.01, 0.1, 0.02, 0.05]],
        "answer": 1,
    }
    with caller.database.begin() as session:
        made = datasets.create(
            session, keys.page(session, 10).items[-1].id, "mine", "v1", blobs.put(labels), [image]
        )
        datasets.checked(session, made.id, status="ready", puzzles=1, problems=[])
        told = shared | {"self_confidence": 0.1, "label": label}
        reviews.suspected(session, made, [told | one for one in suspects], {"audited": 1})
    return made


def test_a_suspect_is_drawn_judged_and_becomes_a_new_version(
    admin: Visitor, lite: Settings
) -> None:
    made = dataset(admin.caller, lite)
    address = f"/datasets/{made.id}/suspects"
    assert "0 of 1 reviewed" in admin.get(address).text
    page = admin.get(f"{address}/1").text
    assert "reads 4" in page
    assert 'class="truth doubted" x="50.0" y="240.0"' in page
    picture = page.partition('<image href="')[2].partition('"')[0]
    assert admin.get(picture).mimetype == "image/jpeg"
    answer = admin.send(f"{address}/0", {"verdict": "wrong", "place": ["0"], "digit": "5"})
    assert answer.headers["Location"] == address
    with admin.caller.database.read() as session:
        (review,) = reviews.corrections(session, made.id)
    assert review.correction == {"digit": 5}
    assert "1 label called wrong" in admin.get(address).text
    answer = admin.send(f"/datasets/{made.id}/corrections", {"why": "seen", "name": "mine"})
    page = admin.get(answer.headers["Location"]).text
    assert "Corrected by test: seen" in page
    assert made.version[:8] in page


@pytest.mark.parametrize("verdict", ["right", "unsure"])
def test_a_label_that_is_not_wrong_gets_no_correction(
    admin: Visitor, lite: Settings, verdict: str
) -> None:
    made = dataset(admin.caller, lite)
    admin.get(f"/datasets/{made.id}/suspects/0")
    admin.send(f"/datasets/{made.id}/suspects/0", {"verdict": verdict, "place": ["0"]})
    with admin.caller.database.read() as session:
        assert reviews.corrections(session, made.id) == []
    assert "1 of 1 reviewed" in admin.get(f"/datasets/{made.id}/suspects").text


def test_a_dataset_is_uploaded_watched_and_deleted_with_forms(admin: Visitor) -> None:
    admin.get("/datasets")
    files = archive({"labels.json": b"[]", "a.jpg": picture()})
    answer = admin.send("/datasets", {"name": "fresh"} | form(archive=("x.zip", files)))
    address = answer.headers["Location"]
    assert "fresh" in admin.get(address).text
    assert admin.send(f"{address}/nightly", {"nightly": "on"}).status_code == 303
    assert "evaluated every night" in admin.get(address).text
    assert "Delete fresh?" in admin.get(f"{address}/delete").text
    # A worker still has to check it.
    assert admin.send(f"{address}/delete").status_code == 409


def test_an_upload_without_the_token_of_a_page_is_not_read(admin: Visitor) -> None:
    files = archive({"labels.json": b"[]", "a.jpg": picture()})
    for path in ("/datasets", "/models"):
        for fields in (form(archive=("x.zip", files)), form()):
            sent = {"name": "x"} | fields | ({"y": (io.BytesIO(b""), "")} if not fields else {})
            assert admin.send(path, sent, token="forged").status_code == 403
    answer = admin.http.post("/datasets", data=files, content_type="application/zip")
    assert answer.status_code == 415
    assert admin.caller.get("/v1/datasets").get_json()["items"] == []


def test_jobs_on_a_dataset_are_started_by_who_may(admin: Visitor, lite: Settings) -> None:
    made = dataset(admin.caller, lite)
    page = admin.get(f"/datasets/{made.id}").text
    assert "Retrain" in page
    for path, kind in (("evaluate", "evaluate"), ("audit", "evaluate"), ("retrain", "retrain")):
        admin.get(f"/datasets/{made.id}")
        fields = {"kind": "head", "seed": "1"} if path == "retrain" else {}
        location = admin.send(f"/datasets/{made.id}/{path}", fields).headers["Location"]
        job = admin.caller.get(f"/v1{location}").get_json()
        assert job["kind"] == kind
    answer = admin.send(f"/datasets/{made.id}/retrain", {"epochs": "0"})
    assert answer.status_code == 422


def test_a_key_is_made_shown_once_and_revoked(admin: Visitor) -> None:
    admin.get("/keys")
    page = admin.send("/keys", {"name": "Bob", "scopes": ["read"], "expires": "2099-01-01"}).text
    secret = page.partition('id="secret">')[2].partition("<")[0]
    assert signed_in(Caller(admin.caller.app, secret)).get("/jobs").status_code == 200
    assert secret not in admin.get("/keys").text
    with admin.caller.database.read() as session:
        made = keys.page(session, 1).items[0]
    assert (made.name, made.scopes) == ("Bob", ["read"])
    assert "Bob" in admin.get(f"/keys/{made.id}/revoke").text
    assert admin.send(f"/keys/{made.id}/revoke").status_code == 303
    assert Visitor(Caller(admin.caller.app, secret)).sign_in().status_code == 401


def test_a_key_without_a_scope_or_in_the_past_is_told_beside_its_field(admin: Visitor) -> None:
    admin.get("/keys")
    answer = admin.send("/keys", {"name": "Bob", "expires": "2001-01-01", "scopes": ["read"]})
    assert (answer.status_code, "lies in the past" in answer.text) == (422, True)
    answer = admin.send("/keys", {"name": "Bob"})
    assert (answer.status_code, "at least one scope" in answer.text) == (422, True)
