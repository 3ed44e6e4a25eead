"""Models out of the registry and into it, over HTTP."""

import io
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from solver.model_folder import identify
from store import model_archive, models
from tests.integration.api.parts import Caller, Json, form
from tests.unit.solver.models import untrained

ZIP = {"content_type": "application/zip"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lineage = {"parent": "old@0123456789ab", "data": "0" * 64}
    return untrained(tmp_path_factory.mktemp("model") / "tiny", lineage=lineage)


@pytest.fixture(scope="module")
def packed(folder: Path) -> bytes:
    file = io.BytesIO()
    model_archive.pack(folder, file)
    return file.getvalue()


def send(caller: Caller, data: bytes) -> TestResponse:
    return caller.other("admin").post("/v1/models", data=data, **ZIP)


def test_a_model_that_is_imported_and_exported_is_the_same(
    either: Caller, folder: Path, packed: bytes
) -> None:
    answer = send(either, packed)
    model: Json = answer.get_json()
    assert (answer.status_code, model["id"]) == (201, identify(folder))
    assert (model["state"], model["parent"], model["data_version"]) == (
        "candidate",
        "old@0123456789ab",
        "0" * 64,
    )
    assert model["card"] == {"text": "# tiny\n"}
    exported = either.get(f"/v1/models/{model['id']}/export")
    assert exported.data == packed
    assert model["id"] in exported.headers["Content-Disposition"]


def test_a_model_that_is_imported_twice_is_there_once(caller: Caller, packed: bytes) -> None:
    first = send(caller, packed).get_json()
    caller.other("admin").post(f"/v1/models/{first['id']}/promote")
    again = send(caller, packed)
    assert (again.status_code, again.get_json()["state"]) == (200, "champion")
    assert len(caller.get("/v1/models").get_json()["items"]) == 1


def test_a_model_may_come_in_a_form(caller: Caller, packed: bytes) -> None:
    answer = caller.other("admin").post("/v1/models", data=form(archive=("m.zip", packed)))
    assert answer.status_code == 201


def test_a_file_that_was_tampered_with_is_refused(caller: Caller, packed: bytes) -> None:
    place = packed.index(b"digit.safetensors") + 5_000
    spoilt = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
    for data in (spoilt, b"", b"PK", packed[:-1], packed[: len(packed) // 2]):
        answer = send(caller, data)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "archive"
    assert caller.get("/v1/models").get_json()["items"] == []


def test_what_is_no_file_of_a_model_is_refused_by_its_type(caller: Caller) -> None:
    admin = caller.other("admin")
    assert admin.post("/v1/models", json={"id": "x"}).status_code == 415
    assert admin.post("/v1/models", data=form(model="x")).status_code == 415
    assert admin.post("/v1/models", data=form(other=("m.zip", b"x"))).status_code == 422


def test_only_an_administrator_imports(caller: Caller, packed: bytes) -> None:
    assert caller.post("/v1/models", data=packed, **ZIP).status_code == 403


def test_a_model_that_only_a_worker_has_is_not_exported(caller: Caller) -> None:
    with caller.database.begin() as session:
        models.register(session, "own@0123456789ab", "own", path="/somewhere")
    answer = caller.get("/v1/models/own/export")
    assert answer.status_code == 409
    assert "orrery models export" in answer.get_json()["detail"]
    assert caller.get("/v1/models/none/export").status_code == 404


def test_a_lineage_goes_back_to_the_first_model_that_is_known(either: Caller) -> None:
    with either.database.begin() as session:
        for name, parent in (("b", "a@0"), ("c", "b@0"), ("d", "c@0")):
            models.register(session, f"{name}@0", name, origin=models.Origin(parent))
    found = either.get("/v1/models/d/lineage").get_json()["items"]
    assert [model["id"] for model in found] == ["d@0", "c@0", "b@0"]
    assert either.get("/v1/models/none/lineage").status_code == 404
