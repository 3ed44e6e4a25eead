"""Keys, scopes, and whose things are whose."""

import pytest

from store import audit, datasets, evaluations, keys, models
from store.settings import Settings
from tests.integration.api.parts import Caller, Json, Maker, archive, form, picture


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "orr_x.y",
        "Bearer orr_x.y",
        "Bearer ü",
        "Bearer " + "x" * 600,
    ],
)
def test_what_is_no_valid_key_is_refused(caller: Caller, header: str) -> None:
    answer = Caller(caller.app, None).get("/v1/jobs", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_or_expired_key_is_refused(either: Caller) -> None:
    admin = either.other("admin")
    made = admin.post("/v1/keys", json={"name": "x", "scopes": ["read"]})
    assert made.status_code == 201
    key = made.get_json()
    assert made.headers["Location"] == f"/v1/keys/{key['id']}"
    holder = Caller(either.app, key["key"])
    assert holder.get("/v1/jobs").status_code == 200
    assert admin.delete(f"/v1/keys/{key['id']}").status_code == 204
    assert holder.get("/v1/jobs").status_code == 401


def test_a_list_of_keys_shows_no_secret(caller: Caller) -> None:
    admin = caller.other("admin")
    made = admin.post("/v1/keys", json={"name": "x", "scopes": ["read", "submit"]}).get_json()
    listed = admin.get("/v1/keys?limit=1")
    assert listed.get_json()["items"][0]["name"] == "x"
    assert made["key"].partition(".")[2] not in listed.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "a\nb", "scopes": ["read"]}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["root"]}, "scopes.0"),
        ({"name": "a"}, "scopes"),
        ({"name": "a", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        (
            {"name": "a", "scopes": ["read"], "expires_at": "9999-12-31T23:59:59-23:00"},
            "expires_at",
        ),
        ({"name": "a", "scopes": ["read"], "owner": "me"}, "owner"),
    ],
)
def test_a_key_that_cannot_be_made_says_why(caller: Caller, body: Json, field: str) -> None:
    answer = caller.other("admin").post("/v1/keys", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def owned(caller: Caller) -> dict[str, str]:
    """One of everything that a key can own."""
    job = caller.solve().get_json()
    packed = archive({"labels.json": b"[]", "1.jpg": picture()})
    dataset = caller.post("/v1/datasets", data=form(archive=("d.zip", packed))).get_json()
    with caller.database.begin() as session:
        row = datasets.get(session, None, dataset["id"])
        evaluations.add(
            session,
            key_id=row.key_id,
            job_id=job["id"],
            model="m@0123456789ab",
            dataset=row,
            metrics={"accuracy": 1.0, "scored": 1},
        )
        evaluation = evaluations.page(session, None, 1).items[0].id
    return {"job_id": job["id"], "dataset_id": dataset["id"], "evaluation_id": evaluation}


def test_an_administrator_sees_what_belongs_to_any_key(either: Caller) -> None:
    mine = owned(either)
    admin = either.other("admin")
    assert admin.get(f"/v1/jobs/{mine['job_id']}").status_code == 200
    assert len(admin.get("/v1/jobs").get_json()["items"]) == 2
    assert admin.get(f"/v1/evaluations/{mine['evaluation_id']}").status_code == 200
    assert admin.post(f"/v1/jobs/{mine['job_id']}/cancel").status_code == 200


def test_models_are_promoted_and_rolled_back_by_administrators(either: Caller) -> None:
    admin = either.other("admin")
    assert admin.post("/v1/models/rollback").status_code == 409
    with either.database.begin() as session:
        for number in "12":
            name = f"m@{number * 12}"
            models.register(session, name, "m", card={"accuracy": 0.9}, state="champion")
    first, second = either.get("/v1/models").get_json()["items"]
    assert (first["state"], second["state"]) == ("champion", "candidate")
    promoted = admin.post(f"/v1/models/{second['id']}/promote")
    assert (promoted.status_code, promoted.get_json()["state"]) == (200, "champion")
    assert either.get(f"/v1/models/{first['id']}").get_json()["state"] == "archived"
    assert len(either.get("/v1/models?state=champion").get_json()["items"]) == 1
    assert admin.post("/v1/models/rollback").get_json()["id"] == first["id"]
    assert admin.post("/v1/models/none/promote").status_code == 404
    with either.database.read() as session:
        noted = [entry.action for entry in audit.page(session, 10).items]
    assert noted[:2] == ["model.rollback", "model.promote"]


def test_too_many_requests_of_one_key_must_wait(lite: Settings, make_caller: Maker) -> None:
    caller = make_caller(lite.model_copy(update={"rate_limit": "3/minute"}))
    answers = [caller.get("/v1/jobs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert caller.other().get("/v1/jobs").status_code == 200
    assert caller.get("/healthz").status_code == 200


def test_the_rate_holds_across_processes_while_the_broker_answers(
    settings: Settings, make_caller: Maker
) -> None:
    limited = settings.model_copy(update={"rate_limit": "2/minute"})
    one = make_caller(limited)
    two = Caller(make_caller(limited).app, one.key)
    codes = [who.get("/v1/jobs").status_code for who in (one, two, one, two)]
    assert codes == [200, 200, 429, 429]


def test_no_log_line_holds_a_key(capfd: pytest.CaptureFixture[str], caller: Caller) -> None:
    caller.get("/v1/jobs")
    caller.get("/v1/jobs", headers={"Authorization": "Bearer orr_wrong.secret"})
    logged = capfd.readouterr().err
    assert caller.key is not None
    assert caller.key.partition(".")[2] not in logged
    assert "orr_wrong" not in logged
    with caller.database.read() as session:
        row = keys.authenticate(session, caller.key)
    assert row is not None
    assert row.id in logged
