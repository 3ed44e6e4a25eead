import numpy as np

from solver import hint, planets
from solver.compare import evidence


class Saying:
    """A finder that says the same of every picture."""

    def __init__(self, maps: np.ndarray) -> None:
        self.maps = maps.astype(np.float32)

    def __call__(self, pictures: np.ndarray) -> tuple[np.ndarray]:
        return (self.maps[: len(pictures)],)


def quiet_maps(count: int, tiles: int = 5) -> np.ndarray:
    maps = np.zeros((tiles, count, 50, 50))
    maps[:, [0, 4, 5] if count == 6 else [0, 1]] = -9
    return maps


def test_a_peak_becomes_a_planet_at_its_offset_and_size():
    maps = quiet_maps(6)
    maps[2, 0, 10, 20] = 4
    maps[2, 1:4, 10, 20] = (0.25, -0.5, np.log(24 / 32))
    found = planets.find(Saying(maps), np.zeros((5, 200, 200, 3), np.uint8))
    assert [len(tile.points) for tile in found.planets] == [0, 0, 1, 0, 0]
    [point], [size] = found.planets[2].points, found.planets[2].sizes
    assert np.allclose(point, ((20.5 + 0.25) * 4, (10.5 - 0.5) * 4))
    assert np.isclose(size, 24)


def test_two_peaks_on_one_planet_are_one():
    maps = quiet_maps(6)
    maps[0, 0, 10, [20, 22]] = (4, 3)
    maps[0, 0, 30, 20] = 2
    found = planets.find(Saying(maps), np.zeros((5, 200, 200, 3), np.uint8))
    assert found.planets[0].points[:, 1].tolist() == [42, 122]


def hint_maps(digit: tuple[int, int], icons: dict[tuple[int, int], float]) -> np.ndarray:
    maps = quiet_maps(11, 1)
    maps[0, 0][digit] = 3
    for cell, heat in icons.items():
        maps[0, 1][cell] = heat
    maps[0, 2:10] = np.log(16 / 24)
    return maps


def test_digit_and_icon_are_never_the_same_thing():
    maps = hint_maps((25, 10), {(25, 10): 3.5, (25, 35): 1.0})
    found = hint.find(Saying(maps), np.zeros((200, 200, 3), np.uint8))
    assert np.allclose(found.digit_box.centre, (42.0, 102.0))
    assert np.allclose(found.icon_box.centre, (142.0, 102.0))
    assert found.other_icons == ()


def test_another_likely_icon_is_kept_in_mind():
    maps = hint_maps((10, 10), {(25, 35): 3.0, (40, 15): 1.0})
    found = hint.find(Saying(maps), np.zeros((200, 200, 3), np.uint8))
    [(other, _)] = found.other_icons
    assert np.allclose(other.centre, (62.0, 162.0))


def test_the_view_that_fits_every_tile_has_the_most_evidence():
    good = [np.array([[0.9, 0.1], [0.5, 0.5]]), np.array([[0.8], [0.2]]), np.zeros((2, 0))]
    assert evidence(good).argmax() == 0
