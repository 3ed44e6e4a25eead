"""Gate, outcomes, comparison and replay over HTTP, with a worker's way behind it."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from store import keys, models
from store.blobs import Blobs
from store.session import Database
from store.settings import Settings
from store.tables import Audit, Item, Result
from tests.integration.api.parts import Caller, Json, Maker
from tests.integration.worker.case import MODEL, Case, Puzzle


def puzzles() -> list[Puzzle]:
    """Sixty puzzles to be held out, of which the broken fake answers none with the digit 3."""
    return [
        Puzzle(
            f"tile {n % 5 + 1} broken {4 if n // 5 % 5 == 2 and n % 5 != 3 else n % 5 + 1} "
            f"better {n % 5 + 1}",
            n % 5 + 1,
            n // 5 % 5 + 1,
            "test",
        )
        for n in range(75)
    ]


class Service:
    """The API over the same stores as a worker; `admin` owns the dataset."""

    def __init__(self, case: Case, admin: Caller) -> None:
        self.case, self.admin = case, admin

    def end(self) -> None:
        self.case.work()
        self.case.finisher.finish_all()

    def gate(self, name: str, **body: str) -> Json:
        """Ask for the gate and carry it out; the model afterwards."""
        sent = {"dataset": self.case.dataset_id, **body}
        answer = self.admin.post(f"/v1/models/{name}/gate", json=sent)
        assert answer.status_code == 202, answer.text
        self.end()
        found: Json = self.admin.get(f"/v1/models/{name}").get_json()
        return found

    def evaluate(self, model: str | None = None) -> str:
        """Evaluate a model; the id of the line in the log."""
        sent = {"dataset": self.case.dataset_id, "model": model}
        job = self.admin.post("/v1/jobs/evaluate", json=sent).get_json()
        self.end()
        log = self.admin.get("/v1/evaluations").get_json()["items"]
        return next(str(entry["id"]) for entry in log if entry["job"] == job["id"])


@pytest.fixture
def service(
    settings: Settings, database: Database, blobs: Blobs, make_caller: Maker, tmp_path: Path
) -> Service:
    case = Case(settings, database, blobs, puzzles())
    case.add_model("broken", tmp_path)
    case.add_model("better", tmp_path)
    return Service(case, make_caller(settings).other("admin"))


def promotions(database: Database) -> list[Json]:
    with database.read() as session:
        query = select(Audit).where(col(Audit.action) == "model.promote").order_by(col(Audit.id))
        return [entry.detail for entry in session.scalars(query)]


def test_a_refused_candidate_is_promoted_only_by_force(service: Service) -> None:
    gate = service.gate("broken")["gate"]
    assert not gate["passed"]
    assert any("worse on digit 3" in reason for reason in gate["reasons"])

    refused = service.admin.post("/v1/models/broken/promote")
    assert refused.status_code == 409
    assert "worse on digit 3" in refused.get_json()["detail"]
    assert service.admin.post("/v1/models/broken/promote", json={"yes": 1}).status_code == 422
    forced = service.admin.post("/v1/models/broken/promote", json={"force": True})
    assert (forced.status_code, forced.get_json()["state"]) == (200, "champion")
    assert promotions(service.case.database) == [{"gate": "refused", "forced": True}]


def test_a_candidate_that_passed_or_was_never_judged_is_promoted(service: Service) -> None:
    gate = service.gate("better")["gate"]
    assert (gate["passed"], gate["reasons"]) == (True, [])
    for evaluation in gate["evaluations"].values():
        assert service.admin.get(f"/v1/evaluations/{evaluation}").status_code == 200
    assert service.admin.post("/v1/models/better/promote").status_code == 200
    assert service.admin.post("/v1/models/broken/promote").status_code == 200
    assert [entry["gate"] for entry in promotions(service.case.database)] == ["passed", "none"]


def test_a_gate_is_asked_for_once_under_one_key(service: Service) -> None:
    once, body = {"Idempotency-Key": "g"}, {"dataset": service.case.dataset_id}
    made = [service.admin.post("/v1/models/better/gate", json=body, headers=once) for _ in range(2)]
    assert made[0].get_json()["id"] == made[1].get_json()["id"]
    other = service.admin.post("/v1/models/broken/gate", json=body, headers=once)
    assert other.status_code == 409


def test_a_gate_that_cannot_be_is_refused(service: Service) -> None:
    body = {"dataset": service.case.dataset_id}
    assert service.admin.post("/v1/models/fake/gate", json=body).status_code == 409
    assert service.admin.post("/v1/models/none/gate", json=body).status_code == 404
    assert service.admin.post("/v1/models/better/gate", json={}).status_code == 422
    stranger = service.admin.other("read", "submit")
    assert stranger.post("/v1/models/better/gate", json=body).status_code == 404


def test_outcomes_are_read_page_by_page_and_narrowed(service: Service) -> None:
    path = f"/v1/evaluations/{service.evaluate('broken')}/outcomes"
    first = service.admin.get(f"{path}?limit=70").get_json()
    rest = service.admin.get(f"{path}?limit=70&cursor={first['next']}").get_json()
    tasks = [int(item["task"]) for item in first["items"] + rest["items"]]
    assert (tasks, rest["next"]) == (list(range(1, 76)), None)
    wrong = service.admin.get(f"{path}?wrong=true").get_json()["items"]
    assert {(item["digit"], item["correct"], item["tile"]) for item in wrong} == {(3, False, 4)}
    assert service.admin.get(f"{path}?wrong=false&failed=true").get_json()["items"] == []
    lost = service.admin.get(f"{path}?lost_to=decision").get_json()["items"]
    assert lost == [item for item in wrong if item["lost_to"] == "decision"] != []
    assert service.admin.get(f"{path}?cursor=x").status_code == 400
    assert service.admin.other().get(path).status_code == 404


def test_outcomes_outlive_the_job(service: Service) -> None:
    evaluation = service.evaluate()
    job = service.admin.get(f"/v1/evaluations/{evaluation}").get_json()["job"]
    assert service.admin.delete(f"/v1/jobs/{job}").status_code == 204
    found = service.admin.get(f"/v1/evaluations/{evaluation}/outcomes?limit=500").get_json()
    assert len(found["items"]) == 75


def test_two_evaluations_are_compared_puzzle_by_puzzle(service: Service) -> None:
    a, b = service.evaluate(), service.evaluate("broken")
    found = service.admin.get(f"/v1/evaluations/compare?a={a}&b={b}&limit=5").get_json()
    assert found["counts"] == {"fixed": 0, "broken": 12, "both_wrong": 0, "both_right": 63}
    assert (found["puzzles"], found["p"]) == (75, 2 / 2**12)
    assert len(found["broken"]) == 5
    assert {(one["a"]["correct"], one["b"]["correct"]) for one in found["broken"]} == {
        (True, False)
    }
    [digit] = [one for one in found["slices"] if (one["slice"], one["name"]) == ("digit", "3")]
    assert (digit["puzzles"], digit["a"], digit["b"], digit["broken"]) == (15, 15, 3, 12)
    turned = service.admin.get(f"/v1/evaluations/compare?a={b}&b={a}").get_json()
    assert (len(turned["fixed"]), turned["broken"]) == (12, [])
    stranger = service.admin.other()
    assert stranger.get(f"/v1/evaluations/compare?a={a}&b={b}").status_code == 404
    assert service.admin.get(f"/v1/evaluations/compare?a={a}").status_code == 422


def test_evaluations_without_a_puzzle_in_common_are_not_compared(
    service: Service,
) -> None:
    a = service.evaluate()
    other = Case(
        service.case.settings, service.case.database, service.case.blobs, [Puzzle("tile 1", 1)]
    )
    b = Service(other, service.admin).evaluate()
    answer = service.admin.get(f"/v1/evaluations/compare?a={a}&b={b}")
    assert answer.status_code == 409
    assert "no puzzle in common" in answer.get_json()["detail"]


def solved(service: Service, *pictures: str) -> str:
    """A solve job that has ended; its id."""
    files = [(f"{n}.png", text.encode()) for n, text in enumerate(pictures)]
    with service.case.database.begin() as session:
        from store import jobs

        key = keys.page(session, 50).items[0].id
        items = [jobs.NewItem(name, service.case.blobs.put(data)) for name, data in files]
        job, _ = jobs.accept(session, key, "solve", items, chunk_size=4)
    service.end()
    return str(job.id)


def replayed(service: Service, job: str, position: int = 0) -> Json:
    answer = service.admin.post(f"/v1/jobs/{job}/results/{position}/replay")
    assert answer.status_code == 202, answer.text
    path = f"/v1/jobs/{answer.get_json()['id']}/replay"
    assert service.admin.get(path).get_json()["same"] is None
    service.end()
    found: Json = service.admin.get(path).get_json()
    return found


def test_a_result_is_computed_again_bit_for_bit_beside_todays_champion(service: Service) -> None:
    job = solved(service, "tile 2 better 5")
    with service.case.database.begin() as session:
        models.promote(session, "better")
    found = replayed(service, job)
    assert (found["status"], found["same"], found["differences"]) == ("succeeded", True, [])
    assert (found["then"]["model"], found["again"]["model"]) == (MODEL, MODEL)
    assert found["of"] == {"job": job, "position": 0}
    champion = found["champion"]
    assert (champion["model"], champion["tile"]) == ("better@0123456789ab", 5)
    assert found["champion_agrees"] is False


def test_an_error_is_computed_again_too(service: Service) -> None:
    found = replayed(service, solved(service, "bad"))
    assert (found["same"], found["then"]["error"]["code"]) == (True, "not_a_picture")


def test_what_differs_is_named(service: Service) -> None:
    job = solved(service, "tile 2")
    with service.case.database.begin() as session:
        row = session.scalars(select(Result).where(col(Result.job_id) == job)).one()
        row.confidence = 0.899999
        row.seen = {**(row.seen or {}), "runner_up": 4}
    found = replayed(service, job)
    assert (found["same"], found["differences"]) == (False, ["confidence", "seen.runner_up"])


def test_a_picture_that_is_gone_cannot_be_replayed(service: Service) -> None:
    job = solved(service, "tile 2")
    with service.case.database.read() as session:
        blob = session.scalars(select(Item.blob).where(col(Item.job_id) == job)).one()
    service.case.blobs.delete(blob)
    answer = service.admin.post(f"/v1/jobs/{job}/results/0/replay")
    assert answer.status_code == 404
    assert "no longer kept" in answer.get_json()["detail"]


def test_only_a_replay_can_be_read_as_one_and_only_by_its_owner(service: Service) -> None:
    job = solved(service, "tile 2")
    answer = service.admin.get(f"/v1/jobs/{job}/replay")
    assert answer.status_code == 404
    assert "is no replay" in answer.get_json()["detail"]
    stranger = service.admin.other()
    assert stranger.post(f"/v1/jobs/{job}/results/0/replay").status_code == 404
