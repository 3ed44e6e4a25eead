"""The models that a worker process has in memory, each loaded once."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from solver.errors import DeviceError, SolverError
from solver.known import NOTHING, Known
from solver.solution import Failure, Solution
from store import models
from store.errors import NotFound
from store.session import Database
from store.tables import Model, ModelState
from worker.errors import BadSolverError, NoModelError
from worker.model_store import ModelStore

if TYPE_CHECKING:
    from solver.stages import Stages

#: Models in memory at a time, besides the default one.
KEPT = 2


class Solver(Protocol):
    """What the worker asks of a solver."""

    @property
    def model_id(self) -> str:
        """The model's name and hash, `name@hash`."""
        ...

    @property
    def folder(self) -> Path | None:
        """Where the model's files lie, if it has any."""
        ...

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """One outcome a picture, in order; never raises for a bad picture.

        `thumbnails`: with a small copy of each picture, if the solver makes such.
        """
        ...

    def examine(self, data: bytes, known: Known = NOTHING) -> "Stages":
        """What the stages see of a picture that can be solved, where some of it is known."""
        ...


#: Loads the model that a reference means; None stands for the one that comes with the package.
Load = Callable[[str | None], Solver]


def loader(name: str, device: str, threads: int) -> Load:
    """What loads models: `module:function`, called as `function(ref, device=…, threads=…)`.

    Raises BadSolverError where there is no such function.
    """
    module, _, attribute = name.partition(":")
    try:
        function = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise BadSolverError(
            f"ORRERY_SOLVER={name!r} cannot be loaded ({error}); write module:function"
        ) from error
    return lambda ref: function(ref, device=device, threads=threads or None)


class Solvers:
    """Gives the solver that a job asks for; safe to share between threads."""

    def __init__(
        self, database: Database, load: Load, preset: str = "", store: ModelStore | None = None
    ) -> None:
        self.default = load(preset or None)
        self._database, self._load, self._preset, self._store = database, load, preset, store
        self._others: dict[str, Solver] = {}
        self._lock = Lock()

    def register(self) -> None:
        """Put the default model into the registry, as champion where there is none yet.

        A model that comes with the package, seen for the first time, also takes the place of the
        one that came with the package before. Its archive and its card go along.
        """
        self._register()
        if self._store is not None and self.default.folder is not None:
            self._store.keep(self.default.model_id, self.default.folder, shipped=not self._preset)

    def _register(self) -> None:
        model_id = self.default.model_id
        with self._database.begin() as session:
            before = models.champion(session)
            new = not _is_known(session, model_id)
            models.register(
                session,
                model_id,
                model_id.partition("@")[0],
                path=self._preset or None,
                state=ModelState.CHAMPION.value,
            )
            if new and not self._preset and before is not None and _is_shipped(before):
                models.promote(session, model_id)

    def chosen(self, session: Session) -> str:
        """The id of the model that a job gets which names none: the champion's.

        A model preset by ORRERY_MODEL takes the champion's place.
        """
        champion = None if self._preset else models.champion(session)
        return champion.id if champion else self.default.model_id

    def of(self, reference: str | None, *, named: bool = True) -> Solver:
        """The solver of a model, by id or name; raises NoModelError.

        `named`: the job asked for this very model. Where it only got the champion of its time,
        and that came with another version of the package, the one of this version does.
        """
        if reference in (None, self.default.model_id):
            return self.default
        model = self._look_up(str(reference))
        if model.id == self.default.model_id or (not named and _is_shipped(model)):
            return self.default
        with self._lock:
            return self._loaded(model)

    def _loaded(self, model: Model) -> Solver:
        if model.id not in self._others:
            loaded = self._load_from(model.id, self._place_of(model))
            while len(self._others) >= KEPT:
                self._others.pop(next(iter(self._others)))
            self._others[model.id] = loaded
        return self._others[model.id]

    def folder_of(self, reference: str | None, *, named: bool = True) -> Path | None:
        """Where the files of a model lie; None for the one that comes with the package.

        Raises NoModelError. `named`: as in `of`.
        """
        if reference in (None, self.default.model_id):
            return self.default.folder
        model = self._look_up(str(reference))
        if model.id == self.default.model_id or (not named and _is_shipped(model)):
            return self.default.folder
        return self._place_of(model)

    def _look_up(self, reference: str) -> Model:
        try:
            with self._database.read() as session:
                return models.get(session, reference)
        except NotFound as error:
            raise NoModelError(f"{error}; see the list with 'orrery models list'") from error

    def _place_of(self, model: Model) -> Path:
        """A model's folder on this machine, fetched from the store where it is not there yet."""
        if model.path is not None and Path(model.path).exists():
            return Path(model.path)
        if model.blob is None or self._store is None:
            raise NoModelError(
                f"the model {model.id} is not on this machine ({model.path or 'no folder is known'}"
                "); copy its folder there, or import it with 'orrery models import'"
            )
        return self._store.fetch(model.id, model.blob)

    def _load_from(self, model_id: str, folder: Path) -> Solver:
        try:
            loaded = self._load(str(folder))
        except DeviceError:
            raise  # the model is sound, and the device may have room later
        except SolverError as error:
            raise NoModelError(f"the model {model_id} cannot be loaded: {error}") from error
        if loaded.model_id != model_id:
            raise NoModelError(
                f"{folder} holds {loaded.model_id} and no longer {model_id}; put that one back"
            )
        return loaded


def _is_shipped(model: Model) -> bool:
    """Whether a model came with the package; one of an older version may have no archive."""
    return model.path is None and (model.blob is None or model.card.get("shipped") is True)


def _is_known(session: Session, model_id: str) -> bool:
    try:
        models.get(session, model_id)
    except NotFound:
        return False
    return True
