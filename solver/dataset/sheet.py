"""Collects the puzzles of a labels file, and what is wrong with it."""

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from solver.dataset.label_studio import read_task
from solver.dataset.labelme import is_labelme, read_file
from solver.dataset.labels import Dataset, LabelledPuzzle, Problem, Task, Tell
from solver.dataset.paths import OutsideFolder, find
from solver.dataset.puzzle import understand
from solver.dataset.wording import short, word, writable

#: What a picture beside its LabelMe file may end in.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


class Sheet:
    """Puzzles and problems, as far as the labels have been read.

    `images` are the names of the pictures that are there.
    """

    def __init__(self, images: Collection[str]) -> None:
        self._images = images if isinstance(images, (set, frozenset, dict)) else set(images)
        self._puzzles: list[LabelledPuzzle] = []
        self._problems: list[Problem] = []
        self._ids: set[str] = set()
        self._tasks: dict[str, str] = {}

    def tell(self, task: str, code: str, message: str) -> None:
        """Notes a fault of one task."""
        self._problems.append(Problem(task, code, message))

    def add(self, value: Any, place: str, file: str = "") -> bool:
        """Reads one task or LabelMe file; False when it is neither.

        `place` names it as long as it has no id; `file` is the file that holds it alone.
        """
        labelme = is_labelme(value)
        if not labelme and not _is_task(value):
            self.tell(
                place, "unreadable", f"It is neither a task nor a LabelMe file: {short(value)}"
            )
            return False
        task_id = self._id(value, place, file)

        def tell(code: str, message: str) -> None:
            self.tell(task_id, code, message)

        if labelme:
            folder = str(PurePosixPath(file).parent) if file else ""
            task = read_file(value, task_id, folder, tell)
        else:
            task = read_task(value, task_id, tell)
        self._keep(task, file, tell)
        return True

    def dataset(self) -> Dataset:
        """All that has been read, without a folder."""
        return Dataset(None, tuple(self._puzzles), tuple(self._problems))

    def _id(self, value: dict[str, Any], place: str, file: str) -> str:
        if file:
            return place
        name = word(value.get("id"))
        if name:
            return name
        data = value.get("data")
        image = data.get("image") if isinstance(data, dict) else value.get("imagePath")
        name = writable(image) if isinstance(image, str) and image else place
        if not is_labelme(value):
            self.tell(name, "missing_id", "The task has no id; its picture's path stands for it.")
            return name
        return PurePosixPath(name.replace("\\", "/")).stem or place

    def _keep(self, task: Task, file: str, tell: Tell) -> None:
        if task.id in self._ids:
            tell("duplicate_id", "An earlier task has the same id; this one is left out.")
            return
        self._ids.add(task.id)
        image = self._image(task, file, tell)
        if image is None:
            return
        if image in self._tasks:
            earlier = self._tasks[image]
            tell("duplicate_image", f"{image} is in task {earlier} too; this one is left out.")
            return
        self._tasks[image] = task.id
        self._puzzles.append(understand(task, image, tell))

    def _image(self, task: Task, file: str, tell: Tell) -> str | None:
        if not task.image and not file:
            tell("missing_image", "The task names no picture; give its path in data.image.")
            return None
        try:
            found = find(task.image, task.folder, self._images) or self._beside(file)
        except OutsideFolder:
            tell("outside_folder", f"{short(task.image)} leads out of the dataset; copy it inside.")
            return None
        if found is None:
            tell("missing_image", f"{short(task.image)} is not there; copy it into the dataset.")
        return found

    def _beside(self, file: str) -> str | None:
        names = (str(PurePosixPath(file).with_suffix(suffix)) for suffix in SUFFIXES if file)
        return next((name for name in names if name in self._images), None)


def _is_task(value: Any) -> bool:
    return isinstance(value, dict) and ("data" in value or "annotations" in value)
