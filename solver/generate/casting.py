"""Which icons a puzzle shows: the asked one, and distractors that are not it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from solver.generate import icons
from solver.generate.assets import Assets, families
from solver.generate.chance import Rng, maybe, pick
from solver.generate.icons import Icon
from solver.generate.levels import Level


@dataclass(frozen=True, slots=True)
class Cast:
    """The asked icon and the icons that may stand beside it, look-alikes first."""

    asked: Icon
    others: tuple[Icon, ...]
    lookalikes: int

    def troupe(self, rng: Rng, level: Level, count: int) -> list[Icon]:
        """Icons for one tile's planets other than the asked one."""
        order = rng.permutation(len(self.others))
        chosen = [self.others[int(i)] for i in order[:count]]
        for place in range(min(level.lookalikes, count) if self.lookalikes else 0):
            chosen[place] = self.others[int(rng.integers(self.lookalikes))]
        while len(chosen) < count:
            chosen.append(self.others[int(rng.integers(len(self.others)))])
        if maybe(rng, level.p_repeat) and count > 1:
            for _ in range(int(rng.integers(1, 1 + max(count // 3, 1)))):
                chosen[int(rng.integers(count))] = chosen[int(rng.integers(count))]
        return chosen


def any_icon(rng: Rng, names: tuple[str, ...]) -> Icon:
    """A usable icon of one of the families, large families a little more often."""
    while True:
        lists = [icons.listed(name) for name in names]
        icon = pick(rng, pick(rng, lists, [len(icons_) ** 0.5 for icons_ in lists]))
        if icons.usable(icon):
            return icon


def choose(rng: Rng, level: Level, assets: Assets) -> Cast:
    """Choose a puzzle's icons from one family, or from all families of the split."""
    names = tuple(family.name for family in families(assets))
    asked = any_icon(rng, names)
    at_home = maybe(rng, 0.6)
    twins = _lookalikes(rng, level, asked) if maybe(rng, level.p_lookalike) else []
    while level.alike and len(twins) < level.lookalikes:
        asked = any_icon(rng, names)
        twins = _lookalikes(rng, level, asked)
    pool = (asked.family,) if at_home else names
    others = list(twins)
    wanted = int(rng.integers(level.planets[1], level.planets[1] * 7 // 4))
    for _ in range(wanted * 3):
        icon = any_icon(rng, pool)
        if icon not in others and icons.likeness(asked, icon) < min(level.likeness, 0.8):
            others.append(icon)
        if len(others) >= wanted:
            break
    return Cast(asked, tuple(others), len(twins))


def _lookalikes(rng: Rng, level: Level, asked: Icon) -> list[Icon]:
    """Some icons of the family that resemble the asked one, by name or by shape.

    One to three, or as many times more as a tile is to show.
    """
    family = icons.listed(asked.family)
    word = re.split(r"[-_]", asked.name)[0]
    named = icons.relatives(asked.family)[word]
    some = [named[int(i)] for i in rng.permutation(len(named))[: 20 * level.lookalikes]]
    some += [family[int(i)] for i in rng.integers(0, len(family), 30 * level.lookalikes)]
    scored = {
        icon: icons.likeness(asked, icon) for icon in some if icon != asked and icons.usable(icon)
    }
    fair = sorted(
        (icon for icon, score in scored.items() if level.alike <= score < level.likeness),
        key=lambda icon: (-scored[icon], icon.id),
    )
    return fair[: int(rng.integers(level.lookalikes, 3 * level.lookalikes + 1))]
