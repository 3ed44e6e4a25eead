"""Icons and digit faces, and the wall between what training sees and what it never does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.generate import assets, digits, icons, twins
from solver.generate.errors import GenerateError

FAMILIES = [family.name for family in assets.families()]


def sample(family: str, count: int) -> list[icons.Icon]:
    """Usable icons from all over a family."""
    listed = icons.listed(family)
    return [icon for icon in listed[:: max(len(listed) // count, 1)] if icons.usable(icon)]


SPLITS = ("train", "calibration", "held-out")


def test_the_splits_share_no_family_and_together_are_all():
    every = [family for split in SPLITS for family in assets.families(split)]
    assert set(every) == set(assets.families("all"))
    # Not even two families of one origin, whose drawings may be the same.
    assert len({family.path for family in every}) == len({f.name for f in every}) == len(every)


def test_the_splits_share_no_digit_face_and_each_has_some():
    faces = [{face.family for face in assets.faces(split)} for split in SPLITS]
    assert all(faces)
    assert len(set.union(*faces)) == sum(map(len, faces))


def test_held_out_icons_are_not_drawn_like_any_that_training_sees():
    seen = np.stack(
        [icons.shape(i).ravel() for f in assets.families("train") for i in sample(f.name, 60)]
    )
    unseen = [i for f in assets.families("held-out") for i in sample(f.name, 40)]
    best = np.stack([icons.shape(icon).ravel() for icon in unseen]) @ seen.T
    assert len(unseen) > 150
    assert best.max() <= twins.SAME


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_many_named_icons_that_are_pictures(family):
    listed = icons.listed(family)
    assert len(listed) == len({icon.id for icon in listed}) >= 100
    assert len(sample(family, 30)) >= 20


@pytest.mark.parametrize("face", assets.faces(), ids=lambda face: f"{face.family}/{face.style}")
def test_a_face_has_real_digits_that_differ(face):
    drawn = [digits.render(face, digit, 32, 1.0) for digit in range(1, 6)]
    assert all(mask.shape[0] == 32 and mask.max() > 100 for mask in drawn)
    wide = [np.pad(mask, ((0, 0), (0, 64 - mask.shape[1]))).astype(float) for mask in drawn]
    for place, one in enumerate(wide):
        for other in wide[:place]:
            assert np.abs(one - other).mean() > 0.02 * 255 * min(one.mean(), other.mean()) / 255


@settings(max_examples=60)
@given(st.sampled_from(FAMILIES), st.integers(0, 10_000), st.floats(14, 80), st.floats(-720, 720))
def test_an_icons_ink_keeps_within_its_reach_at_any_angle(family, place, size, angle):
    listed = icons.listed(family)
    mask = icons.render(listed[place % len(listed)], size, angle)
    ys, xs = np.nonzero(mask > 40)
    middle = (mask.shape[0] - 1) / 2
    if len(ys):
        assert np.hypot(xs - middle, ys - middle).max() <= icons.REACH * size + 1.2


@settings(max_examples=30)
@given(st.sampled_from(FAMILIES), st.integers(0, 10_000))
def test_an_icon_is_like_itself_and_less_like_a_blank(family, place):
    listed = sample(family, 40)
    icon = listed[place % len(listed)]
    assert icons.likeness(icon, icon) == pytest.approx(1, abs=1e-3)
    assert all(icons.likeness(icon, other) <= 1.001 for other in listed)


def test_an_icon_turned_by_a_quarter_counts_as_the_same_picture():
    arrows = {icon.name: icon for icon in icons.every("lucide")}
    assert icons.likeness(arrows["arrow-up"], arrows["arrow-right"]) > 0.92
    assert icons.likeness(arrows["arrow-up"], arrows["bike"]) < 0.8


def test_a_package_that_is_missing_is_named_with_the_way_to_get_it():
    with pytest.raises(GenerateError, match=r"needs the package no-such-icons: pip install"):
        assets.root("no_such_icons", "no-such-icons")
