"""The report as one HTML file."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from solver.dataset import Dataset, Problem
from solver.evaluation import evaluate
from solver.evaluation.gallery import LIMIT
from solver.evaluation.report import render, write_report
from tests.unit.evaluate.puzzles import PUZZLE, SOLUTION, TAKEN_IN, FakeSolver

#: A name that would run as a script if it were not escaped.
HOSTILE = "<img src=x onerror=alert(1)>.jpg"


def picture(colour: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (1000, 400), colour).save(data, "JPEG")
    return data.getvalue()


RED, BLUE = picture("red"), picture("blue")
SOLVER = FakeSolver({RED: TAKEN_IN, BLUE: SOLUTION}, model_id="<b>small</b>@1")


def page(root: Path, contents: dict[str, bytes], *problems: Problem) -> str:
    """The report on a folder of pictures, each labelled alike."""
    for name, content in contents.items():
        (root / name).write_bytes(content)
    puzzles = tuple(replace(PUZZLE, id=name, image=name) for name in contents)
    dataset = Dataset(root, puzzles, problems)
    return render(dataset, *evaluate(dataset, SOLVER))


class Tags(HTMLParser):
    """Collects the tags and addresses of a page, and checks that they are balanced."""

    VOID = ("meta", "rect", "circle", "path", "image", "br")

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


def test_the_page_needs_no_network_and_no_script(tmp_path: Path) -> None:
    tags = parsed(page(tmp_path, {"a.jpg": RED, "b.jpg": BLUE, "c.jpg": b"garbage"}))
    assert "script" not in tags.names
    assert "link" not in tags.names
    assert tags.addresses
    assert all(address.startswith("data:image/jpeg;base64,") for address in tags.addresses)


def test_names_from_the_data_stay_text(tmp_path: Path) -> None:
    html = page(tmp_path, {HOSTILE: RED}, Problem("<i>7</i>", "<u>", "<s>x</s>"))
    tags = parsed(html)
    assert tags.names.isdisjoint({"img", "i", "u", "s"})
    assert "&lt;img src=x" in html
    assert "&lt;b&gt;small" in html


def test_the_figures_and_the_wrong_answers_are_shown(tmp_path: Path) -> None:
    html = page(tmp_path, {"a.jpg": RED, "b.jpg": BLUE})
    assert "0.5000" in html
    assert "1 of 2" in html
    assert "Lost to: match" in html
    assert html.count("<figure>") == 1
    assert re.search(r'class="truth"[^>]+x="\d+', html)
    assert re.search(r'class="said" cx="\d+', html)


def test_the_page_shows_what_stages_give_back_and_what_holding_back_gains(tmp_path: Path) -> None:
    html = page(tmp_path, {"a.jpg": RED, "b.jpg": BLUE})
    assert re.search(r">match</text>.*?>1, \+50\.00</text>", html, re.DOTALL)
    assert '<polyline class="curve"' in html
    assert "Without suspected labels" in html


def test_the_page_gives_the_threshold_that_was_asked_for(tmp_path: Path) -> None:
    for name, content in {"a.jpg": RED, "b.jpg": BLUE}.items():
        (tmp_path / name).write_bytes(content)
    puzzles = tuple(replace(PUZZLE, id=name, image=name) for name in ("a.jpg", "b.jpg"))
    dataset = Dataset(tmp_path, puzzles, ())
    html = render(dataset, *evaluate(dataset, SOLVER, target_risk=0.999))
    assert "Confidence for a risk of 0.999" in html


def test_a_picture_that_cannot_be_shown_is_still_listed(tmp_path: Path) -> None:
    html = page(tmp_path, {"a.jpg": b"garbage"})
    assert "Not solved: not_a_picture" in html
    assert parsed(html).addresses == []


def test_a_page_with_nothing_wrong_says_so(tmp_path: Path) -> None:
    html = page(tmp_path, {"b.jpg": BLUE})
    assert "None." in html
    parsed(html)


def test_a_page_shows_no_more_than_its_limit(tmp_path: Path) -> None:
    html = page(tmp_path, {f"{n}.jpg": RED for n in range(LIMIT + 5)})
    assert html.count("<figure>") == LIMIT
    assert f"{LIMIT} of {LIMIT + 5}" in html


def test_a_page_on_nothing_at_all_is_a_page(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, (), ())
    parsed(render(dataset, *evaluate(dataset, SOLVER)))


def test_a_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, (), ())
    summary, outcomes = evaluate(dataset, SOLVER)
    write_report(tmp_path / "report.html", dataset, summary, outcomes)
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(OSError, match="nowhere"):
        write_report(tmp_path / "nowhere" / "x.html", dataset, summary, outcomes)
