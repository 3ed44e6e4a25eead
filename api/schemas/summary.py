"""The figures of an evaluation, and its alert, as JSON Schema: what `metrics` and `alert` hold.

Figures may be added and, in entries of earlier versions, missing; null where nothing was measured.
"""

from typing import Any

Json = dict[str, Any]

SHARE: Json = {"type": ["number", "null"]}
COUNT: Json = {"type": "integer"}
SECTIONS: Json = {"type": "object", "additionalProperties": {"type": "object"}}


def _share(words: str) -> Json:
    return SHARE | {"description": words}


def _count(words: str) -> Json:
    return COUNT | {"description": words}


def _each(kind: str, words: str) -> Json:
    return {"type": "object", "additionalProperties": {"type": kind}, "description": words}


def _list(words: str) -> Json:
    return {"type": "array", "items": {"type": "object"}, "description": words}


SUMMARY: Json = {
    "type": "object",
    "description": "The whole summary.",
    "additionalProperties": True,
    "properties": {
        "accuracy": _share("Right answers ÷ scored puzzles; without an answer counts as wrong."),
        "interval": {
            "type": ["array", "null"],
            "items": {"type": "number"},
            "description": "The 95% Wilson interval of the accuracy.",
        },
        "correct": _count("Right answers."),
        "scored": _count("Puzzles that count in the accuracy."),
        "ambiguous": _count("Puzzles left out because the label does not name one answer."),
        "failed": _count("Puzzles without an answer."),
        "derived": _count("Scored puzzles whose answer follows from the fitted orbits."),
        "digit_accuracy": _share("Digits read right."),
        "detection_recall": _share("Labelled icons with a planet found in them."),
        "match_roc_auc": _share("ROC-AUC of the similarities, all planets pooled."),
        "match_top1": _share("Tiles whose most similar planet is the labelled icon."),
        "roc": _list("Its curve: at each share of `false` alarms the share of `true` finds."),
        "calibration_error": _share("Expected calibration error of the confidences."),
        "calibration": _list("Bins of equal width: `low`, `high`, `count`, `confidence`, …"),
        "coverage_risk": _list("Share answered and share wrong of it, by confidence."),
        "aurc": _share("Area under that curve."),
        "threshold": {
            "type": ["object", "null"],
            "description": "The confidence that keeps a target risk, where one was asked for.",
        },
        "lost_to": _each("integer", "Wrong answers by the stage that lost them, each once."),
        "regained": _each("number", "Accuracy that the truth in place of a stage would add."),
        "suspected": _count("Wrong answers that are likely the label's fault."),
        "accuracy_without_suspects": _share("The accuracy with those left out."),
        "confusions": SECTIONS
        | {
            "description": "How often each labelled `digit`, and each `orbit` of a named answer, "
            "was read as which, or as `none`."
        },
        "by": SECTIONS
        | {
            "description": "Slices: `digit`, `tile`, `crowding`, `split` and the label's own "
            "groups, each with `accuracy`, `interval`, `correct` and `scored`."
        },
        "model": {"type": "string"},
        "puzzles_per_second": _share("Of the whole job, with all its workers."),
    },
}

ALERT: Json = {
    "type": ["object", "null"],
    "description": "Why somebody should look: the accuracy fell by more than chance explains.",
    "required": ["since", "from", "to", "p", "message"],
    "properties": {
        "since": {"type": "string", "description": "The evaluation that it is held against."},
        "from": {"type": "number"},
        "to": {"type": "number"},
        "p": _share(
            "Exact one-sided McNemar test; null where the earlier outcomes are not kept, and the "
            "accuracy is below that one's 95% interval."
        ),
        "message": {"type": "string"},
    },
}
