"""Outcomes added up."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from solver.evaluation import Outcome, summarise
from solver.solution import Failure
from tests.unit.evaluate.puzzles import OTHERS, PUZZLE, SEEN, SOLUTION, TAKEN_IN, TARGETS, scored

RIGHT = scored(PUZZLE, SOLUTION)
WRONG = scored(PUZZLE, TAKEN_IN)
FAILED = scored(PUZZLE, Failure("truncated", "…"))
AMBIGUOUS = scored(replace(PUZZLE, digit=None), SOLUTION)


def test_the_accuracy_counts_failures_and_leaves_the_ambiguous_out() -> None:
    summary = summarise([RIGHT, RIGHT, WRONG, FAILED, AMBIGUOUS], "small@1", 2.0)
    assert summary.accuracy == 0.5
    assert (summary.correct, summary.scored) == (2, 4)
    assert (summary.ambiguous, summary.failed, summary.derived) == (1, 1, 3)
    assert summary.lost_to == {
        "layout": 1,
        "digit": 0,
        "centre": 0,
        "orbit": 0,
        "detection": 0,
        "match": 1,
        "decision": 0,
        "label": 0,
    }
    assert summary.digit_accuracy == 0.75
    assert summary.puzzles_per_second == 2.5
    assert summary.model == "small@1"


def test_the_match_is_measured_over_all_puzzles_together() -> None:
    summary = summarise([RIGHT, AMBIGUOUS], "small@1", 1.0)
    assert (summary.match_roc_auc, summary.match_top1, summary.detection_recall) == (1, 1, 1)


def test_a_summary_has_every_figure_that_the_command_promises() -> None:
    value = json.loads(json.dumps(summarise([RIGHT, WRONG], "small@1", 1.0).to_json()))
    promised = (
        "accuracy interval correct scored ambiguous failed digit_accuracy match_roc_auc match_top1 "
        "calibration_error lost_to by model puzzles_per_second"
    )
    assert set(promised.split()) <= set(value)
    assert len(value["calibration"]) == 15


def test_slices_add_up_to_the_whole() -> None:
    styled = replace(WRONG, groups=(("style", "night"),), planets=31, split="train")
    summary = summarise([RIGHT, styled, FAILED], "small@1", 1.0)
    for slices in (summary.by["digit"], summary.by["split"], summary.by["crowding"]):
        assert sum(one["scored"] for one in slices.values()) == 3
    assert summary.by["style"]["night"]["scored"] == 1
    assert list(summary.by["crowding"]) == ["10-19", "30-39", "unsolved"]
    assert summary.by["tile"] == {
        "3": summary.by["tile"]["3"],
        "unknown": summary.by["tile"]["unknown"],
    }


def test_what_a_stage_gives_back_is_a_share_of_all_that_was_scored() -> None:
    summary = summarise([RIGHT, RIGHT, WRONG, FAILED, AMBIGUOUS], "small@1", 2.0)
    assert summary.regained == dict.fromkeys(summary.lost_to, 0.0) | {
        "layout": 0.25,
        "match": 0.25,
        "decision": 0.25,
    }


def test_suspected_labels_are_left_out_beside_the_accuracy_and_not_in_it() -> None:
    suspected = scored(replace(PUZZLE, answer=2), SOLUTION)
    summary = summarise([RIGHT, suspected, WRONG], "small@1", 1.0)
    assert (summary.accuracy, summary.suspected) == (1 / 3, 1)
    assert summary.accuracy_without_suspects == 1 / 2


def test_styles_are_sliced_by_difficulty_where_both_are_known() -> None:
    hard = replace(WRONG, groups=(("style", "night"), ("difficulty", "hard")))
    by = summarise([RIGHT, hard], "small@1", 1.0).by
    assert by["style_difficulty"] == {"night, hard": by["style"]["night"]}


def test_nothing_measured_is_none_and_no_error() -> None:
    summary = summarise([], "small@1", 0.0)
    assert summary.accuracy is None
    assert summary.interval is None
    assert summary.match_roc_auc is None
    assert summary.calibration_error is None
    assert summary.puzzles_per_second is None
    json.dumps(summary.to_json())


def test_outcomes_are_read_once_and_none_is_kept() -> None:
    def many() -> Iterator[Outcome]:
        for number in range(1000):
            yield replace(RIGHT, task=str(number))

    assert summarise(many(), "small@1", 1.0).scored == 1000


def test_the_calibration_knows_only_answers_that_were_scored() -> None:
    summary = summarise([RIGHT, FAILED, AMBIGUOUS], "small@1", 1.0)
    assert sum(one.count for one in summary.calibration) == 1
    assert summary.calibration_error == pytest.approx(0.04)


def test_answers_that_the_label_names_are_set_apart_from_derived_ones() -> None:
    named = scored(replace(PUZZLE, answer=2), SOLUTION)
    by = summarise([RIGHT, named, FAILED], "small@1", 1.0).by["answer"]
    assert {key: (one["correct"], one["scored"]) for key, one in by.items()} == {
        "derived": (1, 2),
        "named": (0, 1),
    }


def test_confusions_count_what_each_digit_and_orbit_was_read_as() -> None:
    named = replace(PUZZLE, answer=3)
    misread = replace(SOLUTION, digit=5)
    outer = replace(TARGETS[2], rank=4)
    swapped = replace(SOLUTION, seen=replace(SEEN, planets=(*OTHERS, outer)))
    outcomes = [scored(named, one) for one in (SOLUTION, misread, swapped)] + [FAILED]
    confusions = summarise(outcomes, "small@1", 1.0).confusions
    assert confusions == {
        "digit": {"3": {"3": 2, "5": 1, "none": 1}},
        "orbit": {"3": {"3": 2, "4": 1}},
    }
