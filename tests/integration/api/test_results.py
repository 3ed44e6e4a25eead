"""Results: the solved pictures, paged, streamed, one by one."""

import csv
import io
import json

import pytest

from tests.integration.api.parts import ERROR, SEEN, Caller, picture, work_off

SOLVED = {
    "image": "a.jpg",
    "tile": 4,
    "point": [712.5, 88.0],
    "digit": 3,
    "confidence": 0.987,
    "error": None,
    "model": "small@0123456789ab",
    "position": 0,
}


def solved(caller: Caller, *names: str) -> str:
    """A job whose pictures all have an answer; gives its address."""
    job = caller.solve(*[(name, picture()) for name in names or ("a.jpg",)]).get_json()
    work_off(caller.database)
    return f"/v1/jobs/{job['id']}"


def test_a_solved_picture_has_exactly_its_fields_in_order(either: Caller) -> None:
    answer = either.get(f"{solved(either)}/results")
    assert answer.get_json() == {"items": [SOLVED], "next": None}
    assert list(answer.get_json()["items"][0])[:6] == list(SOLVED)[:6]


def test_a_picture_with_an_error_has_nulls_elsewhere(caller: Caller) -> None:
    job = caller.solve().get_json()
    work_off(caller.database, ERROR)
    line = caller.get(f"/v1/jobs/{job['id']}/results").get_json()["items"][0]
    assert line["error"] == {"code": "not_a_picture", "message": "this is no picture"}
    assert [line[name] for name in ("tile", "point", "digit", "confidence")] == [None] * 4


def test_pages_hold_every_result_once_in_order(either: Caller) -> None:
    names = [f"{number}.jpg" for number in range(5)]
    path = solved(either, *names)
    first = either.get(f"{path}/results?limit=3").get_json()
    rest = either.get(f"{path}/results?limit=3&cursor={first['next']}").get_json()
    assert [line["image"] for line in first["items"] + rest["items"]] == names
    assert rest["next"] is None


@pytest.mark.parametrize("cursor", ["x", "IjEi", "LTE", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw", "MS41"])
def test_a_cursor_that_no_page_gave_out_is_refused(either: Caller, cursor: str) -> None:
    answer = either.get(f"{solved(either)}/results?cursor={cursor}")
    assert answer.status_code == 400


def test_failed_results_can_be_told_from_the_others(caller: Caller) -> None:
    path = solved(caller)
    for query, count in (("failed=true", 0), ("failed=false", 1)):
        assert len(caller.get(f"{path}/results?{query}").get_json()["items"]) == count


def test_results_are_there_while_the_job_runs(caller: Caller) -> None:
    job = caller.solve().get_json()
    assert caller.get(f"/v1/jobs/{job['id']}/results").get_json() == {"items": [], "next": None}


def test_json_lines_are_the_same_objects(either: Caller) -> None:
    path = solved(either, "a.jpg", "b.jpg")
    answer = either.get(f"{path}/results?format=jsonl")
    assert answer.mimetype == "application/jsonl"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [SOLVED, SOLVED | {"image": "b.jpg", "position": 1}]


def test_csv_has_a_header_and_a_line_a_picture(either: Caller) -> None:
    path = solved(either, "a.jpg", 'b "quoted", with, commas\x01.jpg')
    answer = either.get(f"{path}/results?format=csv")
    assert answer.mimetype == "text/csv"
    header, first, second = csv.reader(io.StringIO(answer.text, newline=""))
    assert dict(zip(header, first, strict=True)) == {
        "position": "0",
        "image": "a.jpg",
        "tile": "4",
        "x": "712.5",
        "y": "88.0",
        "digit": "3",
        "confidence": "0.987",
        "error_code": "",
        "error_message": "",
        "model": "small@0123456789ab",
    }
    assert second[1] == 'b "quoted", with, commas�.jpg'


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_name_becomes_a_formula_in_a_spreadsheet(caller: Caller, name: str) -> None:
    answer = caller.get(f"{solved(caller, name)}/results?format=csv")
    _, line = csv.reader(io.StringIO(answer.text, newline=""))
    assert line[1] == "'" + name


def test_a_stream_takes_no_cursor_and_no_other_format(caller: Caller) -> None:
    path = solved(caller)
    assert caller.get(f"{path}/results?format=csv&cursor=MQ").status_code == 422
    assert caller.get(f"{path}/results?format=xml").status_code == 422


def test_a_stream_goes_on_past_a_batch(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.results.BATCH", 2)
    names = [f"{number}.jpg" for number in range(5)]
    answer = caller.get(f"{solved(caller, *names)}/results?format=jsonl")
    assert [json.loads(line)["image"] for line in answer.text.splitlines()] == names


def test_one_result_tells_what_every_stage_saw(either: Caller) -> None:
    found = either.get(f"{solved(either)}/results/0").get_json()
    assert found["seen"] == SEEN
    assert {name: found[name] for name in SOLVED} == SOLVED


@pytest.mark.parametrize("position", ["1", "999999999", "9999999999999", "-1", "x", "1.5"])
def test_a_position_that_is_not_there_is_not_found(caller: Caller, position: str) -> None:
    assert caller.get(f"{solved(caller)}/results/{position}").status_code == 404


def test_a_picture_is_handed_back_as_it_was_sent(caller: Caller) -> None:
    sent = picture("PNG")
    job = caller.solve(("a.png", sent), ("b.html", b"<script>alert(1)</script>")).get_json()
    answer = caller.get(f"/v1/jobs/{job['id']}/results/0/picture")
    assert (answer.data, answer.mimetype) == (sent, "image/png")
    other = caller.get(f"/v1/jobs/{job['id']}/results/1/picture")
    assert other.mimetype == "application/octet-stream"
    assert other.headers["Content-Disposition"] == "attachment"
    assert other.headers["X-Content-Type-Options"] == "nosniff"
