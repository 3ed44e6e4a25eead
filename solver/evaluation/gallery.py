"""The wrong answers of an evaluation, each with its picture made small."""

import base64
import io
from collections.abc import Sequence

from PIL import Image

from solver.dataset import Dataset
from solver.errors import PictureError
from solver.evaluation.outcome import Outcome
from solver.picture import decode
from solver.solution import Json

#: Wrong answers that a report shows.
LIMIT = 60
#: Width of an embedded picture, in pixels, and its JPEG quality.
WIDTH, QUALITY = 700, 72


def gallery(dataset: Dataset, wrong: Sequence[Outcome]) -> list[Json]:
    """What a report shows of the surest of the wrong answers, LIMIT at most."""
    surest = sorted(wrong, key=lambda outcome: -(outcome.confidence or 0.0))
    return [_entry(dataset, outcome) for outcome in surest[:LIMIT]]


def _entry(dataset: Dataset, outcome: Outcome) -> Json:
    width, height = outcome.size or (0, 0)
    return {
        "image": outcome.image,
        "words": words(outcome),
        "picture": _embedded(dataset, outcome) if outcome.size else None,
        "width": width,
        "height": height,
        "box": outcome.box,
        "point": outcome.point,
    }


def words(outcome: Outcome) -> str:
    """One line on how a puzzle went wrong."""
    label = f"Label: tile {outcome.answer or '?'}, digit {outcome.digit or '?'}."
    if outcome.failed:
        return f"{label} Not solved: {outcome.error}."
    said = f"Answered: tile {outcome.tile}, digit {outcome.digit_read}"
    return f"{label} {said}, confidence {outcome.confidence:.3f}. Lost to: {outcome.lost_to}."


def _embedded(dataset: Dataset, outcome: Outcome) -> str | None:
    if dataset.root is None:
        return None
    try:
        picture = Image.fromarray(decode((dataset.root / outcome.image).read_bytes()))
    except (OSError, PictureError):
        return None
    picture.thumbnail((WIDTH, WIDTH))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
