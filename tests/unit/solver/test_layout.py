import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.errors import PictureError
from solver.layout import compose, resize, split
from tests.unit.solver.pictures import scene


def test_a_composite_of_the_usual_size_is_cut_without_resampling():
    picture = scene()
    layout = split(picture)
    assert layout.scale == 1.0
    assert layout.size == (1000, 400)
    for number in range(5):
        assert np.array_equal(
            layout.tiles[number], picture[:200, 200 * number : 200 * number + 200]
        )
    assert np.array_equal(layout.hint, picture[200:, :200])


@settings(max_examples=25)
@given(width=st.integers(200, 2300), stretch=st.floats(0.93, 1.08))
def test_any_size_near_the_format_gives_the_same_tiles(width, stretch):
    layout = split(resize(scene(), width, round(width * 0.4 * stretch)))
    assert layout.tiles.shape == (5, 200, 200, 3)
    assert layout.hint.shape == (200, 200, 3)
    assert layout.scale == pytest.approx(width / 1000)
    difference = layout.tiles.astype(int) - split(scene()).tiles
    assert np.abs(difference).mean() < 12


@pytest.mark.parametrize(("width", "height"), [(1000, 1000), (400, 1000), (1000, 200), (640, 480)])
def test_another_format_is_refused_with_what_was_expected(width, height):
    with pytest.raises(
        PictureError, match=rf"{width} x {height}.*{width} x {round(width / 2.5)}"
    ) as raised:
        split(scene(width, height))
    assert raised.value.code == "not_a_puzzle"


def test_tiles_too_small_to_show_icons_are_refused():
    with pytest.raises(PictureError, match="original size") as raised:
        split(scene(150, 60))
    assert raised.value.code == "too_small"


def test_the_parts_of_a_puzzle_make_the_same_tiles_and_hint():
    picture = scene()
    whole = compose(picture[:200], picture[200:, :200])
    assert np.array_equal(split(whole).tiles, split(picture).tiles)
    assert np.array_equal(split(whole).hint, split(picture).hint)


@pytest.mark.parametrize("shape", [(50, 80), (300, 120), (17, 400)])
def test_a_hint_of_any_size_keeps_its_proportions(shape):
    hint = np.zeros((*shape, 3), np.uint8)
    below = compose(scene()[:200], hint)[200:]
    rows, columns = np.nonzero(below.max(axis=2) < 128)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert max(height, width) == 200
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.15)


def test_a_strip_that_is_no_strip_is_refused():
    with pytest.raises(PictureError, match="five times as wide"):
        compose(scene(1000, 400), scene(200, 200))
