"""Weights behind a pretrained tag: from the local Hugging Face cache, or fetched in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from solver.errors import ModelError

#: Seconds that the hub may take to answer before it counts as away.
PATIENCE = 3.0

#: The names of weights in a repository of open_clip, the best first.
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")

#: What opens the name of an architecture that a repository of the hub describes.
PREFIX = "hf-hub:"


def weights_of(repository: str) -> Path:
    """A local file with the weights of `owner/name/` or of `owner/name/file`.

    Raises:
        ModelError: they are in no local cache, and the hub is away or lacks them.
    """
    place, _, name = repository.rpartition("/")
    return fetch(place, _alternatives(name) if name else WEIGHTS)


def fetch(repository: str, names: Sequence[str]) -> Path:
    """The first of some files of a repository that can be had, as a local path.

    The local cache is looked through first, without a network. Then the hub is asked once,
    without a second try: where it does not answer, nothing is waited for.

    Raises:
        ModelError: none can be had.
    """
    return _cached(repository, names) or _downloaded(repository, names)


def _alternatives(name: str) -> tuple[str, ...]:
    path = Path(name)
    safe = path.with_suffix(".safetensors").name
    return (safe, name) if path.suffix in (".bin", ".pth") else (name,)


def _cached(repository: str, names: Sequence[str]) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = (try_to_load_from_cache(repository, name) for name in names)
    return next((Path(path) for path in found if isinstance(path, str)), None)


def _downloaded(repository: str, names: Sequence[str]) -> Path:
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    fault: Exception | None = None
    for name in names:
        try:
            get_hf_file_metadata(hf_hub_url(repository, name), timeout=PATIENCE)
            return Path(hf_hub_download(repository, name))
        except HfHubHTTPError as error:
            fault = error  # the hub answered: another name may be there
        except Exception as error:
            # Whatever the network or its proxy does, there is no file.
            raise _away(repository, error) from error
    raise _away(repository, fault) from fault


def _away(repository: str, fault: Exception | None) -> ModelError:
    reason = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
    return ModelError(
        f"The weights of {repository} are not in the local Hugging Face cache, and its hub cannot "
        f"give them ({reason}). Give a local checkpoint instead of a tag, or fill the cache "
        f"(HF_HOME) on a machine with a network: huggingface-cli download {repository}"
    )
