"""`orrery train`: a new model from one that is there and a labelled dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cli import console, local_models, options
from cli.training_line import Line, words

if TYPE_CHECKING:
    from solver.finetune import ClipConfig, Finetuned, Progress

#: The figures that are shown before and after.
ROWS = (
    ("accuracy", "accuracy_interval"),
    ("digit_accuracy", None),
    ("match_roc_auc", "match_roc_auc_interval"),
    ("match_top1", "match_top1_interval"),
    ("calibration_error", None),
    ("puzzles_per_second", None),
)


@click.command(
    epilog="\b\nExamples:\n"
    "  orrery train puzzles --model mine\n"
    "  orrery train puzzles --encoder ViT-B-32 --checkpoint open_clip_model.safetensors"
)
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--model", "name", metavar="NAME", help="What the new model is called.")
@click.option(
    "--parent",
    metavar="REF",
    callback=local_models.choose,
    help="The model to start from, by name or folder; default: the one that ships.",
)
@click.option(
    "--kind",
    type=click.Choice(["full", "head"]),
    help="full: the model's own encoder in all its weights; head: a linear layer on a frozen "
    "CLIP.  [default: full, or head where an encoder is named]",
)
@click.option("--encoder", metavar="ARCH", help="The CLIP of a head, as open_clip calls it.")
@click.option("--pretrained", metavar="TAG", help="Its weights, by open_clip's tag.")
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(exists=True, path_type=Path),
    help="Its weights, as a file or a folder in open_clip's layout.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, (1 << 31) - 1),
    default=0,
    show_default=True,
    envvar="ORRERY_SEED",
    show_envvar=True,
    help="The same seed and data give the same model.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="How often each puzzle is trained on.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The model's folder.  [default: models/NAME in the data folder]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.device
@options.threads
def train(
    dataset: Path,
    name: str | None,
    parent: str | None,
    kind: Literal["full", "head"] | None,
    encoder: str | None,
    pretrained: str | None,
    checkpoint: Path | None,
    seed: int,
    epochs: int | None,
    out: Path | None,
    as_json: bool,
    device: str,
    threads: int,
) -> None:
    """Train a model on DATASET, a folder with labels.json and pictures.

    Some of the puzzles are held out, with icons that no training saw; the figures of the parent
    and of the new model are measured on them. The parent stays as it is. What a stopped training
    did is kept in the data folder: the same command goes on from there.
    """
    clip = _clip(kind, encoder, pretrained, checkpoint)
    kind = kind or ("head" if clip else "full")
    called = name or f"{dataset.resolve().name}-{kind}"
    folder = out.absolute() if out else local_models.new_folder(called)
    from cli.evaluate import chosen
    from solver.finetune import Plan, finetune
    from solver.model import load
    from solver.ocr import EasyOcr
    from solver.solve import processors

    workers = threads or processors()
    plan = Plan(kind, epochs, seed, clip, name or folder.name, threads=workers)
    work = local_models.models_folder().parent / "training"
    data, start = chosen(dataset), load(parent, device)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Line() as line:

        def tell(progress: Progress) -> None:
            line.write(words(asdict(progress)))

        made = finetune(data, start, folder, work, plan, tell, ocr=EasyOcr())
    _show(made, as_json)


def _clip(
    kind: str | None, encoder: str | None, pretrained: str | None, checkpoint: Path | None
) -> ClipConfig | None:
    """The CLIP that the options name; wrong usage where they contradict each other."""
    if encoder is None and pretrained is None and checkpoint is None:
        return None
    if kind == "full":
        raise click.UsageError("--encoder, --pretrained and --checkpoint go with --kind head.")
    if pretrained is not None and checkpoint is not None:
        raise click.UsageError("--pretrained and --checkpoint both name weights; give one.")
    if pretrained is None and checkpoint is None:
        raise click.UsageError(
            "--encoder needs its weights: --pretrained TAG or --checkpoint FILE."
        )
    from solver.finetune import ClipConfig

    path = None if checkpoint is None else str(checkpoint.absolute())
    return ClipConfig(encoder or "ViT-B-32", pretrained, path)


def _show(made: Finetuned, as_json: bool) -> None:
    for stage in made.stages:
        what = f"ran in {stage.seconds:.1f} s" if stage.ran else "was skipped"
        console.note(f"{stage.name} {what}: {stage.why}")
    for warning in made.warnings:
        console.note(f"Warning: {warning}")
    if as_json:
        console.write_json(_plain(made))
    else:
        console.table(("figure", "before", "after"), list(_rows(made)))
    console.note(
        f"{made.model_id} is in {made.path}, trained on {made.train} puzzles and judged by "
        f"{made.test}. Try it: orrery solve PICTURES --model {made.path}"
    )


def _rows(made: Finetuned) -> Iterator[tuple[object, ...]]:
    yield "model", made.before.model, made.after.model
    before, after = asdict(made.before), asdict(made.after)
    for name, interval in ROWS:
        yield name, *(_cell(value[name], interval and value[interval]) for value in (before, after))
    yield "answers gained", None, made.paired.gained
    yield "answers lost", None, made.paired.lost
    yield "p of the difference", None, made.paired.p


def _cell(value: float | None, interval: Any) -> object:
    if value is None or not interval:
        return value
    return f"{value:.4g} ({interval[0]:.4f}–{interval[1]:.4f})"


def _plain(made: Finetuned) -> dict[str, Any]:
    value = asdict(made)
    outcomes = ("outcomes", "outcomes_before")
    return {k: v for k, v in value.items() if k not in outcomes} | {"path": str(made.path)}
