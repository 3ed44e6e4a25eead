"""Charts are valid SVG, whatever they are drawn of, and nothing leaves their frame."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import charts
from solver.charts import svg
from solver.charts.scale import Scale, labels, ticks
from solver.charts.words import shortened

SHARE = st.floats(0, 1)
NAMES = st.text(max_size=40)
POINTS = st.lists(st.tuples(SHARE, SHARE), max_size=20)
COUNT = st.integers(0, 10**6)


def read(chart: str) -> ElementTree.Element:
    """The chart as XML, after its every coordinate was found inside the frame."""
    root = ElementTree.fromstring(chart)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for x, y in places(root):
        assert -0.01 <= x <= width + 0.01
        assert -0.01 <= y <= height + 0.01
    return root


def places(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    for one in root.iter():
        at = one.attrib
        for x, y in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")):
            if x in at:
                yield float(at[x]), float(at[y])
        if "width" in at:
            yield float(at["x"]) + float(at["width"]), float(at["y"]) + float(at["height"])
        for pair in at.get("points", "").split():
            x, y = pair.split(",")
            yield float(x), float(y)


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter() if one.tag.endswith("text")]


@given(
    st.lists(st.lists(st.builds(charts.Reliability, SHARE, SHARE, COUNT), max_size=15), max_size=2)
)
def test_a_reliability_diagram_has_a_dot_for_every_bin(
    series: list[list[charts.Reliability]],
) -> None:
    root = read(charts.reliability(series, "Reliability"))
    dots = [one for one in root.iter() if one.tag.endswith("circle")]
    assert len(dots) == sum(map(len, series))


@given(
    st.lists(
        st.builds(charts.Curve, NAMES, POINTS, st.none() | st.tuples(SHARE, SHARE)), max_size=2
    )
)
def test_curves_stay_in_their_frame(series: list[charts.Curve]) -> None:
    read(charts.coverage_risk(series, "Risk"))
    read(charts.roc(series, "ROC"))


@given(st.lists(st.tuples(NAMES, st.lists(st.tuples(SHARE, COUNT), max_size=2)), max_size=8))
def test_slices_and_bars_stay_in_their_frame(
    rows: list[tuple[str, list[tuple[float, int]]]],
) -> None:
    read(
        charts.intervals(
            [
                (name, [charts.Interval(v, v / 2, (1 + v) / 2, n) for v, n in many])
                for name, many in rows
            ],
            "Slices",
        )
    )
    read(
        charts.bars(
            [(name, [charts.Bar(n, f"{n}") for _, n in many]) for name, many in rows], "Bars"
        )
    )


@given(st.dictionaries(st.tuples(st.sampled_from("12345"), st.sampled_from("12345")), COUNT))
def test_a_matrix_shows_every_count(counts: dict[tuple[str, str], int]) -> None:
    root = read(charts.matrix(counts, "12345", "12345", ("truth", "read as"), "Confusion"))
    cells = [one.attrib.get("class") == "figure" and one.text for one in root.iter()]
    assert sorted(int(n) for n in cells if n) == sorted(n for n in counts.values() if n)


@given(st.text())
def test_names_stay_text_that_xml_can_hold(name: str) -> None:
    root = ElementTree.fromstring(svg.picture(1, 1, name, svg.text(0, 0, name)))
    (shown,) = texts(root)
    assert len(shown.replace("\r\n", "\n")) <= len(name)
    assert not list(root.iter("script"))


def test_markup_in_a_name_is_no_markup() -> None:
    root = read(charts.bars([("<b>&", [charts.Bar(1, "<i>")])], '"><script>'))
    assert texts(root) == ["<b>&", "<i>"]
    assert root.attrib["aria-label"] == '"><script>'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_place_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no coordinate"):
        svg.number(value)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_lie_within_the_axis_and_are_told_apart(low: float, span: float) -> None:
    marks = ticks(low, low + span)
    assert all(low <= mark <= low + span for mark in marks)
    assert list(marks) == sorted(marks)
    assert len(marks) <= 12


def test_ticks_of_shares_are_round_and_alike() -> None:
    assert labels(ticks(0, 1)) == ("0%", "20%", "40%", "60%", "80%", "100%")
    assert labels((0.0, 0.025, 0.05)) == ("0.0%", "2.5%", "5.0%")
    assert labels(()) == ()


@given(SHARE, st.floats(-10, 10))
def test_a_scale_keeps_to_its_ends(high: float, value: float) -> None:
    assert 5 <= Scale(0, high, 5, 10)(value) <= 10


@given(st.text(), st.integers(1, 30))
def test_a_shortened_name_fits(name: str, most: int) -> None:
    assert len(shortened(name, most)) <= most
    assert shortened(name, len(name)) == name


def test_a_shortened_name_keeps_both_ends() -> None:
    assert shortened("complementary, medium", 12) == "comple…edium"
