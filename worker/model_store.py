"""Models as archives in the blob store, and as folders on this machine."""

import logging
import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import Any

from solver.errors import ModelError
from solver.model_folder import CONFIG, identify
from store import model_archive, models
from store.blobs import Blobs
from store.errors import BadModelArchive, BlobMissing, BlobStoreAway, DiskFull
from store.session import Database
from worker.errors import NoModelError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Keeps archives of models in the store, and unpacks them into folders below `root`."""

    database: Database
    blobs: Blobs
    root: Path

    def keep(self, model_id: str, folder: Path, *, shipped: bool) -> None:
        """Store the archive and the card of a registered model, unless it has them already."""
        with self.database.read() as session:
            model = models.get(session, model_id)
        if model.blob is not None and model.card:
            return
        with TemporaryFile() as file:
            try:
                contents = model_archive.pack(folder, file)
                file.seek(0)
                blob = self.blobs.put(file)
            except (BadModelArchive, BlobStoreAway, DiskFull) as error:
                log.warning("the model %s is not kept in the store: %s", model_id, error)
                return
        card: dict[str, Any] = {"text": contents.card}
        if shipped:
            card["shipped"] = True
        with self.database.begin() as session:
            models.complete(session, model_id, blob=blob, size=contents.size, card=card)

    def fetch(self, model_id: str, blob: str) -> Path:
        """The folder of a model on this machine, unpacked from its archive where there is none.

        Another process may do the same at once; the folder is there whole or not at all. Raises
        NoModelError where the archive is gone or holds another model.
        """
        folder = self.root / model_id
        if (folder / CONFIG).exists():
            return folder
        self.root.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix=".part-", dir=self.root))
        try:
            self._unpack(model_id, blob, part)
            part.chmod(0o755)
            part.rename(folder)
        except OSError:
            if not (folder / CONFIG).exists():
                raise
        except (BadModelArchive, BlobMissing, ModelError) as error:
            raise NoModelError(f"the model {model_id} cannot be unpacked: {error}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return folder

    def _unpack(self, model_id: str, blob: str, part: Path) -> None:
        from solver.nets.graphs import make_graphs

        model_archive.unpack(BytesIO(self.blobs.get(blob)), part)
        found = identify(part)
        if found != model_id:
            raise BadModelArchive(f"its archive holds {found}")
        make_graphs(part)
