"""Where icon families and digit faces come from, and which of them training never sees.

Every file comes out of an installed wheel of the `generate` extra; none is copied into the project.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from solver.generate.errors import GenerateError

#: What nets are trained on; what the decision is calibrated on afterwards; what neither ever sees.
Assets = Literal["train", "calibration", "held-out", "all"]


@dataclass(frozen=True, slots=True)
class Family:
    """An icon family: `path` is a font, or a folder of SVG files, inside package `module`."""

    name: str
    split: str
    module: str
    path: str
    distribution: str
    licence: str


@dataclass(frozen=True, slots=True)
class Face:
    """One digit face: a font file inside package `module`."""

    family: str
    style: str
    split: str
    path: Path


_MATERIAL = "assets/material_icons"
#: Families that share drawings stand on one side: Material Design Icons grew out of Material Icons.
FAMILIES: tuple[Family, ...] = (
    Family("mdi", "train", "fonticon_mdi7", "fonts/materialdesignicons-webfont.ttf",
           "fonticon-materialdesignicons7", "Apache-2.0"),
    Family("material", "train", "iconipy", f"{_MATERIAL}_regular/MaterialIcons-Regular.ttf",
           "iconipy", "Apache-2.0"),
    Family("material-outlined", "train", "iconipy",
           f"{_MATERIAL}_outlined_regular/MaterialIconsOutlined-Regular.otf",
           "iconipy", "Apache-2.0"),
    Family("material-round", "train", "iconipy",
           f"{_MATERIAL}_round_regular/MaterialIconsRound-Regular.otf", "iconipy", "Apache-2.0"),
    Family("material-sharp", "train", "iconipy",
           f"{_MATERIAL}_sharp_regular/MaterialIconsSharp-Regular.otf", "iconipy", "Apache-2.0"),
    Family("lucide", "train", "iconipy", "assets/lucide/lucide.ttf", "iconipy", "ISC"),
    Family("boxicons", "train", "iconipy", "assets/boxicons/boxicons.ttf", "iconipy", "MIT"),
    Family("fontawesome-solid", "train", "fonticon_fa6", "fonts/Font Awesome 6 Free-Solid-900.otf",
           "fonticon-fontawesome6", "OFL-1.1"),
    Family("fontawesome-regular", "train", "fonticon_fa6",
           "fonts/Font Awesome 6 Free-Regular-400.otf", "fonticon-fontawesome6", "OFL-1.1"),
    Family("fontawesome-brands", "train", "fonticon_fa6",
           "fonts/Font Awesome 6 Brands-Regular-400.otf", "fonticon-fontawesome6", "OFL-1.1"),
    Family("ionicons", "calibration", "tkinter_icons_ion", "fonts/ionicons.ttf",
           "tkinter-icons-ion", "MIT"),
    Family("eva", "calibration", "tkinter_icons_eva", "fonts/eva-icons.ttf",
           "tkinter-icons-eva", "MIT"),
    Family("phosphor", "held-out", "py_phosphor_icons", "svgs/flat/regular",
           "py-phosphor-icons", "MIT"),
    Family("phosphor-bold", "held-out", "py_phosphor_icons", "svgs/flat/bold",
           "py-phosphor-icons", "MIT"),
    Family("phosphor-fill", "held-out", "py_phosphor_icons", "svgs/flat/fill",
           "py-phosphor-icons", "MIT"),
    Family("bootstrap", "held-out", "tkinter_icons_bs", "assets/bootstrap.ttf",
           "tkinter-icons-bs", "MIT"),
    Family("lineicons", "held-out", "iconipy", "assets/lineicons/lineicons.ttf", "iconipy", "MIT"),
    Family("ligature-symbols", "held-out", "iconipy",
           "assets/ligature_symbols/LigatureSymbols-2.11.ttf", "iconipy", "OFL-1.1"),
)  # fmt: skip

#: Digit families: package, distribution, split.
FACES: tuple[tuple[str, str, str], ...] = (
    ("font_source_sans_pro", "font-source-sans-pro", "train"),
    ("font_source_serif_pro", "font-source-serif-pro", "train"),
    ("ttf_opensans", "ttf-opensans", "train"),
    ("font_manrope", "font-manrope", "train"),
    ("font_rhd", "font-rhd", "calibration"),
    ("font_fredoka_one", "font-fredoka-one", "train"),
    ("font_intuitive", "font-intuitive", "train"),
    ("font_caladea", "font-caladea", "held-out"),
    ("font_amatic_sc", "font-amatic-sc", "held-out"),
    ("font_hanken_grotesk", "font-hanken-grotesk", "held-out"),
    ("font_fjallaone", "font-fjallaone", "held-out"),
    ("font_lato", "font-lato", "held-out"),
)


def root(module: str, distribution: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise GenerateError(
            f"the generator needs the package {distribution}: pip install 'orrery[generate]'"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def check(assets: str) -> None:
    """Raise unless `assets` names a split."""
    if assets not in get_args(Assets):
        raise GenerateError(f"assets must be one of {', '.join(get_args(Assets))}, not {assets!r}")


def families(assets: Assets = "all") -> tuple[Family, ...]:
    """The icon families of a split, in a fixed order."""
    check(assets)
    return tuple(f for f in FAMILIES if assets == "all" or f.split == assets)


def locate(family: Family) -> Path:
    """The family's font file or folder of SVG files."""
    path = root(family.module, family.distribution) / family.path
    if not path.exists():
        raise GenerateError(f"{family.distribution} is installed without {family.path}")
    return path


@lru_cache(maxsize=4)
def faces(assets: Assets = "all") -> tuple[Face, ...]:
    """The digit faces of a split, in a fixed order; of twin .otf and .ttf files the .ttf counts."""
    check(assets)
    found = []
    for module, distribution, split in FACES:
        if assets not in ("all", split):
            continue
        files = {}
        for path in sorted(root(module, distribution).rglob("*.[ot]tf")):
            if "Variable" not in path.stem:
                files[path.stem] = path
        for stem in sorted(files):
            style = re.sub(r"^[^-]*-?", "", stem) or "Regular"
            found.append(Face(distribution, style, split, files[stem]))
    return tuple(found)
