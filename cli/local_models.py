"""The models that were trained or kept on this machine: `models/NAME` in the data folder."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cli.errors import CliError

#: What a model may be called, so that its name is a folder's and no path.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def models_folder() -> Path:
    """Where models of this machine lie."""
    from store.settings import load_settings

    return load_settings().data_dir.absolute() / "models"


def shipped() -> list[Path]:
    """The model folders that come with the package, by name."""
    from solver.model_folder import CONFIG, DEFAULT

    return sorted(path.parent for path in DEFAULT.parent.glob(f"*/{CONFIG}"))


def folders() -> list[Path]:
    """The model folders of this machine, by name."""
    from solver.model_folder import CONFIG

    return sorted(path.parent for path in models_folder().glob(f"*/{CONFIG}"))


def names() -> list[str]:
    """What the models here are called: those that ship, and those of this machine."""
    return sorted({folder.name for folder in (*shipped(), *folders())})


def unknown(ref: str) -> CliError:
    """What to say of a model that is not here."""
    near = get_close_matches(ref.partition("@")[0], names(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "'orrery models list' lists what is here."
    return CliError(f"there is no model {ref!r}; {hint} A folder of a model will do, too.")


def complete(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """What a shell offers for a model: names that go on like this, and folders."""
    found = [CompletionItem(name) for name in names() if name.startswith(begun)]
    return found or [CompletionItem(begun, type="dir")]


def choose(_context: click.Context, _option: click.Parameter, ref: str | None) -> str | None:
    """An option's value with the name of a model of this machine resolved."""
    return None if ref is None else _found(ref)


def choose_all(
    _context: click.Context, _option: click.Parameter, refs: tuple[str, ...]
) -> tuple[str, ...]:
    """The same for an option that may be given several times."""
    return tuple(_found(ref) for ref in refs)


def _found(ref: str) -> str:
    """The same as `resolved`; CliError where there is no such model."""
    from solver.errors import ModelError
    from solver.model_folder import find

    place = resolved(ref)
    try:
        find(place)
    except ModelError as error:
        if Path(ref).is_dir():
            raise
        raise unknown(ref) from error
    return place


def resolved(ref: str) -> str:
    """The folder of a model of this machine for its name or id; any other word as it is."""
    if not NAME.fullmatch(ref.split("@", maxsplit=1)[0]) or Path(ref).is_dir():
        return ref
    from solver.model_folder import CONFIG, identify

    name = ref.split("@", maxsplit=1)[0]
    own = models_folder() / ref
    if ref != name and (own / CONFIG).exists():
        return str(own)
    folder = models_folder() / name
    if _ships(name) or not (folder / CONFIG).exists():
        return ref
    return str(folder) if ref in (name, identify(folder)) else ref


def _ships(name: str) -> bool:
    from solver.model_folder import CONFIG, DEFAULT

    return (DEFAULT.parent / name / CONFIG).exists()


def take(part: Path, model_id: str) -> Path:
    """Give a whole model its place: the folder of its name, or of its id where that is taken."""
    from solver.model_folder import CONFIG, identify

    name = model_id.partition("@")[0]
    for folder in (models_folder() / name, models_folder() / model_id):
        if (folder / CONFIG).exists():
            if identify(folder) == model_id:
                return folder
        elif folder.name != name or not _ships(name):
            part.rename(folder)
            return folder
    raise CliError(f"{models_folder() / model_id} holds another model; move it away first.")


def new_folder(name: str) -> Path:
    """Where a model of a name is to be written; CliError where the name is bad or taken."""
    if not NAME.fullmatch(name):
        raise CliError(
            f"{name!r} cannot name a model; take letters, digits, dots, dashes, up to 64 of them."
        )
    folder = models_folder() / name
    if folder.exists() or _ships(name):
        raise CliError(f"there is a model {name} already; choose another name with --model.")
    return folder
