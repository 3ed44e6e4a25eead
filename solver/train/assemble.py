"""From trained parts to a model folder: weights, calibration, card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from solver.calibration import Calibration, fit
from solver.model import Model, load
from solver.nets.folder import Nets, build_nets, parts, save
from solver.solve import Solver
from solver.train.examples import examples
from solver.train.parts import CONFIG, PLANS, Trained, read_note
from solver.train.report import AXES, SEED, draw_held_out, measure

#: Generated puzzles that the calibration is fitted to, and held-out ones that the card reports on.
CALIBRATED_ON, REPORTED_ON = 800, 200


def assemble(work: Path, out: Path, seed: int, scale: float) -> str:
    """Write the model folder `out` from the parts in `work`; returns the model's id."""
    torch.set_num_threads(1)
    nets = _nets(work)
    save(out, CONFIG, nets, Calibration(), "")
    model = load(out, "cpu")
    calibration = calibrated(model, seed, max(20, round(CALIBRATED_ON * min(scale, 1))))
    save(out, CONFIG, nets, calibration, "")
    count = max(10, round(REPORTED_ON * min(scale, 1)))
    with Solver(load(out, "cpu"), None, threads=1) as solver:
        figures = {
            f"{styles} styles": _overall(measure(solver, draw_held_out(count, "mix", SEED, styles)))
            for styles in ("train", "held-out")
        }
    notes = [read_note(work, name) for name in PLANS]
    return save(out, CONFIG, nets, calibration, card(notes, figures, seed, count))


def calibrated(model: Model, seed: int, count: int) -> Calibration:
    """The calibration of a model, fitted to fresh puzzles; digits are never sharpened."""
    fitted = fit(list(examples(model, seed, count)))
    return replace(fitted, digit_temperature=max(1.0, fitted.digit_temperature))


def _overall(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    """The figures but for the slices by style."""
    return {
        name: value
        for name, value in figures.items()
        if not name.startswith(tuple(f"accuracy {axis} " for axis in AXES))
    }


def _nets(work: Path) -> Nets:
    nets = build_nets(CONFIG, torch.device("cpu"))
    for name, net in parts(nets).items():
        net.load_state_dict(load_file(work / f"{name}.safetensors"))
    return nets


def card(
    notes: list[Trained], figures: Mapping[str, Mapping[str, float | None]], seed: int, count: int
) -> str:
    """The model's card in Markdown: data, seeds, figures."""
    rows = [
        f"| {n.name} | {n.steps} | {n.puzzles} | {n.loss:.4f} | {n.minutes:.1f} |" for n in notes
    ]
    return "\n".join(
        [
            "# small",
            "",
            "Five small nets, trained from nothing by `python -m solver.train` with seed "
            f"{seed} on pictures of `solver.generate`, and on icons and hints rendered by "
            "`solver.train`; only the icon families and digit fonts of `assets=train`.",
            "",
            "| net | steps | puzzles | last loss | minutes |",
            "| --- | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            f"Figures on {count} generated puzzles each (`python -m solver.train.report`), whose "
            "icon families and digit fonts were never trained on, without EasyOCR; of styles that "
            "were trained on, and of held-out ones:",
            "",
            "```json",
            json.dumps(figures, indent=2),
            "```",
            "",
            "Weights are stored as float16 and used as float32.",
            "",
        ]
    )
