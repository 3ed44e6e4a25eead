"""`python -m benchmarks.gpu`: the nets and the whole pipeline on a GPU, or its ways on a CPU."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks import record
from benchmarks.gpu_nets import TOWER, rates
from cli.console import note
from solver.encoders.clip import BATCH_ON_GPU, ClipConfig, ClipEncoder
from solver.encoders.polar import PolarEncoder
from solver.model import NETS, Model, choose_device, load
from solver.model_folder import DEFAULT
from solver.nets import gpu
from solver.nets.accelerated import HALF
from solver.solution import Failure, Solution
from solver.solve import Solver
from solver.train.report import draw_held_out

#: What nets take at once; on a CPU few, where half precision is slow and all that is shown is that
#: it runs.
SIZES = {
    "cuda": {**gpu.AT_ONCE, TOWER: BATCH_ON_GPU},
    "cpu": {"finder": 5, "hint": 1, "digit": 5, "encoder": 16, "pair": 32, TOWER: 1},
}

Outcomes = Sequence[Solution | Failure]


@dataclass(frozen=True, slots=True)
class Run:
    """A whole pipeline: puzzles a second, and how its answers stand to those of OpenVINO."""

    what: str
    pictures: int
    threads: int
    per_second: float
    alike: int | None = None
    farthest: float | None = None


@click.command("gpu", epilog="\b\nExample:\n  python -m benchmarks.gpu --device cuda")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1 …")
@click.option("--pictures", default=200, show_default=True, help="Pictures for the small encoder.")
@click.option("--clip-pictures", default=40, show_default=True, help="Pictures for ViT-B/32.")
@click.option("--threads", type=int, help="Pictures at a time; default: as the solver has it.")
@click.option("--seed", default=7201, show_default=True, help="Seed of the pictures.")
@record.out("gpu.json")
def measured(
    device: str, pictures: int, clip_pictures: int, threads: int | None, seed: int, out: Path
) -> None:
    """Measure each net, and the pipeline with the small encoder and with ViT-B/32."""
    place = torch.device(choose_device(device))
    figures, sizes = [], SIZES[place.type]
    click.echo(f"{card(place)}, torch {torch.__version__}, {HALF}")
    for rate in rates(place, sizes):
        figures.append(asdict(rate))
        click.echo(
            f"{rate.net:10}{rate.at_once:5} at once: {rate.half:10.1f} a second, in float32 "
            f"{rate.whole:10.1f}; outputs at most {rate.difference:.1e} apart"
        )
    drawn = [it.data for it in draw_held_out(pictures, "mix", seed, "held-out")]
    for run in pipelines(place, sizes, drawn, clip_pictures, threads):
        figures.append(asdict(run))
        click.echo(f"{run.what}: {run.per_second:.2f} puzzles a second, {run.threads} threads")
        if run.alike is not None:
            click.echo(
                f"  {run.alike} of {run.pictures} answers as in OpenVINO, confidence at most "
                f"{run.farthest:.1e} off"
            )
    record.write({"card": card(place), "torch": torch.__version__, "figures": figures}, out)


def card(device: torch.device) -> str:
    """The name of the GPU, or that there is none."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU, a CPU"


def pipelines(
    device: torch.device,
    sizes: Mapping[str, int],
    pictures: Sequence[bytes],
    few: int,
    threads: int | None,
) -> Iterator[Run]:
    """The pipeline in OpenVINO, on the device, and there with the published tower."""
    plain = load(DEFAULT, "cpu", threads or 1)
    wanted, run = _run("OpenVINO", plain, pictures, threads)
    yield run
    own = on_device(plain, device, sizes)
    told, run = _run("small encoder", own, pictures, threads)
    alike, farthest = agreement(wanted, told)
    yield replace(run, alike=alike, farthest=farthest)
    clip = replace(own, encoder=ClipEncoder(ClipConfig(TOWER), device))
    yield _run(TOWER, clip, pictures[:few], threads)[1]


def on_device(model: Model, device: torch.device, sizes: Mapping[str, int]) -> Model:
    """A model with all of its nets on a device."""
    nets: Any = gpu.load(model.path, (*NETS, "encoder", "pair"), device, sizes)
    encoder = PolarEncoder(nets.pop("encoder"), nets.pop("pair"))
    return replace(model, device=str(device), encoder=encoder, **nets)


def _run(
    what: str, model: Model, pictures: Sequence[bytes], threads: int | None
) -> tuple[Outcomes, Run]:
    note(what)
    with Solver(model, None, threads) as solver:
        solver.solve(pictures[:1])
        begin = time.perf_counter()
        told = solver.solve(pictures)
        rate = len(pictures) / (time.perf_counter() - begin)
        return told, Run(what, len(pictures), solver.threads, rate)


def agreement(wanted: Outcomes, told: Outcomes) -> tuple[int, float]:
    """How many outcomes are the same, and the largest difference of a confidence."""
    alike, farthest = 0, 0.0
    for one, other in zip(wanted, told, strict=True):
        if isinstance(one, Solution) and isinstance(other, Solution):
            alike += (one.tile, one.digit) == (other.tile, other.digit)
            farthest = max(farthest, abs(one.confidence - other.confidence))
        else:
            alike += type(one) is type(other)
    return alike, farthest


if __name__ == "__main__":
    measured()
