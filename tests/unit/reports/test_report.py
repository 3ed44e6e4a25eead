"""The report as one HTML file."""

import io
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from solver.dataset import Dataset, Problem
from solver.evaluation import evaluate
from solver.reports import Card, Notes, Run, card_of, gallery, render, write_report
from tests.unit.evaluate.puzzles import PUZZLE, SOLUTION, TAKEN_IN, FakeSolver

#: A name that would run as a script if it were not escaped.
HOSTILE = "<img src=x onerror=alert(1)>.jpg"


def picture(colour: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (1000, 400), colour).save(data, "JPEG")
    return data.getvalue()


RED, BLUE, GREEN = picture("red"), picture("blue"), picture("green")
UNSURE = replace(SOLUTION, confidence=0.2)
SOLVER = FakeSolver({RED: TAKEN_IN, BLUE: SOLUTION, GREEN: UNSURE}, model_id="<b>small</b>@1")
OTHER = FakeSolver({RED: SOLUTION, BLUE: TAKEN_IN, GREEN: UNSURE}, model_id="other@2")


def put(root: Path, contents: dict[str, bytes], *problems: Problem) -> Dataset:
    """A folder of pictures, each labelled alike."""
    for name, content in contents.items():
        (root / name).write_bytes(content)
    puzzles = tuple(replace(PUZZLE, id=name, image=name) for name in contents)
    return Dataset(root, puzzles, problems)


def run(dataset: Dataset, solver: FakeSolver = SOLVER) -> Run:
    notes = Notes()
    summary, outcomes = evaluate(dataset, solver, observe=notes.add)
    return Run(summary, outcomes, notes, Card((("id", solver.model_id),), "# <u>card</u>"))


def page(root: Path, contents: dict[str, bytes], *problems: Problem) -> str:
    dataset = put(root, contents, *problems)
    return render(dataset, [run(dataset)])


class Tags(HTMLParser):
    """Collects the tags and addresses of a page, and checks that they are balanced."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

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
    assert tags.names.isdisjoint({"script", "link", "iframe", "object"})
    assert any(address.startswith("data:image/webp;base64,") for address in tags.addresses)
    assert all(address.startswith(("data:image/webp;base64,", "#")) for address in tags.addresses)


def test_names_from_the_data_stay_text(tmp_path: Path) -> None:
    html = page(tmp_path, {HOSTILE: RED}, Problem("<i>7</i>", "<kbd>", "<s>x</s>"))
    tags = parsed(html)
    assert tags.names.isdisjoint({"img", "i", "u", "s", "kbd"})
    assert "&lt;img src=x" in html
    assert "&lt;b&gt;small" in html


def test_the_figures_and_the_wrong_answers_are_shown(tmp_path: Path) -> None:
    html = page(tmp_path, {"a.jpg": RED, "b.jpg": BLUE})
    assert "0.5000" in html
    assert "1 of 2" in html
    assert "Wrong: 1" in html
    assert "lost to match" in html


def test_an_answer_that_is_right_but_unsure_is_shown_apart(tmp_path: Path) -> None:
    html = page(tmp_path, {"b.jpg": BLUE, "c.jpg": GREEN})
    assert "Wrong: 0" in html
    assert "Unsure: 1" in html


def test_the_answer_is_drawn_over_its_picture_beside_the_truth(tmp_path: Path) -> None:
    html = page(tmp_path, {"a.jpg": RED})
    for kind in ("truth", "said0", "orbit", "hint"):
        assert f'class="{kind}"' in html


def test_pictures_beyond_the_room_are_named_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "ROOM", 1)
    monkeypatch.setattr(gallery, "ROWS", 3)
    html = page(tmp_path, {f"{n}.jpg": RED for n in range(6)})
    assert html.count('<figure class="card">') == 1
    assert "3 without a picture" in html
    assert "2 more are left out" in html
    parsed(html)


def test_two_models_stand_side_by_side_puzzle_by_puzzle(tmp_path: Path) -> None:
    dataset = put(tmp_path, {"a.jpg": RED, "b.jpg": BLUE, "c.jpg": GREEN, "d.jpg": b"garbage"})
    html = render(dataset, [run(dataset), run(dataset, OTHER)])
    for words in ("Fixed: 1", "Broken: 1", "Both wrong: 1", "Unsure: 1", "McNemar"):
        assert words in html
    assert 'class="said1"' in html
    parsed(html)


def test_no_report_holds_three_models(tmp_path: Path) -> None:
    dataset = put(tmp_path, {"a.jpg": RED})
    with pytest.raises(ValueError, match="not 3"):
        render(dataset, [run(dataset)] * 3)


def test_a_page_on_nothing_at_all_is_a_page(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, (), ())
    parsed(render(dataset, [run(dataset)]))


def test_a_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, (), ())
    write_report(tmp_path / "report.html", dataset, [run(dataset)])
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(OSError, match="nowhere"):
        write_report(tmp_path / "nowhere" / "x.html", dataset, [run(dataset)])


def test_the_card_tells_what_the_model_is() -> None:
    from solver.model_folder import DEFAULT

    card = card_of(DEFAULT)
    facts = dict(card.facts)
    assert facts["id"].startswith("small@")
    assert facts["weights"].endswith(" MB")
    assert "trained" in card.text
