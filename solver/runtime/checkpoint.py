"""Reading a torch checkpoint without torch: a zip file with a pickle and the raw numbers."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from solver.errors import ModelError

#: Kinds of numbers by the names of their storage.
KINDS: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read(path: Path) -> Mapping[str, NDArray[Any]]:
    """The tensors of a state dict by name.

    Nothing else that a pickle could make is made.

    Raises:
        ModelError: the file is missing, damaged or holds anything else.
    """
    try:
        with ZipFile(path) as archive:
            [listing] = [name for name in archive.namelist() if name.endswith("data.pkl")]
            with archive.open(listing) as file:
                loaded = _Tensors(file, archive, listing.removesuffix("data.pkl")).load()
        return {str(name): np.ascontiguousarray(value) for name, value in loaded.items()}
    except (OSError, BadZipFile, pickle.UnpicklingError, KeyError, ValueError) as error:
        raise ModelError(
            f"{path} is no checkpoint of torch ({error}). Install it again."
        ) from error


class _Tensors(pickle.Unpickler):
    """Makes arrays where torch would make tensors, and refuses everything else."""

    def __init__(self, file: Any, archive: ZipFile, folder: str) -> None:
        super().__init__(file)
        self._archive, self._folder = archive, folder

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        """The numbers of a storage: (`storage`, kind, key, place, count)."""
        _, kind, key, _, _ = pid
        numbers = self._archive.read(f"{self._folder}data/{key}")
        return np.asarray(np.frombuffer(numbers, KINDS[kind]))

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name in the pickle."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if module == "torch" and name in KINDS:
            return name
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _rebuilt(
    storage: NDArray[Any], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> NDArray[Any]:
    steps = tuple(storage.itemsize * step for step in strides)
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps, writeable=False)
