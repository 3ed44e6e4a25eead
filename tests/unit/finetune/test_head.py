from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from solver.dataset import Dataset
from solver.encoders.clip import ClipEncoder, Sight
from solver.finetune import Cancelled, Plan, TrainingError, finetune
from solver.finetune.embed import read_features
from solver.finetune.head import first_weights, head_lesson, new_head
from solver.finetune.loop import learn, read_course, read_weights
from solver.finetune.pairs import read_pairs
from solver.finetune.plan import never, silent
from solver.finetune.split import Sides
from solver.finetune.validation import planets_of, views_of
from solver.model import load
from solver.model_folder import read_config


@pytest.fixture
def no_tower(monkeypatch):
    """No crop may go through a tower."""

    def refuse(*_):
        raise AssertionError("a crop was encoded again")

    monkeypatch.setattr(Sight, "forward", refuse)


def only(work, stage):
    [folder] = [path for path in (work / stage).iterdir() if path.is_dir()]
    return folder


def top1(head, pairs, features, puzzles) -> float:
    """The share of tiles whose most similar planet is the one asked for, at the middle view."""
    right = []
    for puzzle in puzzles:
        planets, views = planets_of(pairs, puzzle), views_of(pairs, puzzle)
        rows = np.array([views[len(views) // 2], *planets])
        seen = functional.normalize(head(torch.from_numpy(features[rows])), dim=-1)
        similarity = (seen[1:] @ seen[0]).detach().numpy()
        for tile in range(1, 6):
            of_tile = pairs.role[planets] == tile
            right.append(pairs.asked[planets][of_tile][similarity[of_tile].argmax()])
    return float(np.mean(right))


def test_a_head_learns_the_icons_that_it_is_trained_on(headed, tmp_path):
    _, work = headed
    pairs = read_pairs(only(work, "prepare"))
    features = read_features(only(work, "embed"))
    some = tuple(range(12))
    before = top1(new_head(first_weights(features)), pairs, features, some)
    sides, plan = Sides(some, some, (), 12), Plan("head", epochs=100)
    lesson = head_lesson(pairs, features, sides, None, plan)
    learn("train", lesson, tmp_path, 60, silent, never)
    course = read_course(tmp_path)
    assert course[-1].validation > course[0].validation
    trained = new_head(read_weights(tmp_path)["weight"])
    assert top1(trained, pairs, features, some) > before + 0.1


def test_first_weights_tell_apart_what_shares_a_strong_common_part():
    rng = np.random.default_rng(0)
    some = rng.normal(size=(400, 128)).astype(np.float32) * 0.1 + 3
    raw = functional.normalize(torch.from_numpy(some), dim=1)
    seen = functional.normalize(new_head(first_weights(some))(torch.from_numpy(some)), dim=1)
    assert (raw @ raw.T).min() > 0.99
    assert abs(float((seen @ seen.T).detach().mean())) < 0.05


def test_the_model_stands_alone_and_says_where_it_comes_from(headed, clip):
    made, _ = headed
    model = load(made.path, "cpu")
    assert isinstance(model.encoder, ClipEncoder)
    assert model.id == made.model_id
    assert clip.checkpoint not in (made.path / "config.json").read_text()
    lineage = read_config(made.path)["lineage"]
    assert lineage["parent"] == made.parent_id
    assert lineage["data"] == made.data_version
    card = (made.path / "card.md").read_text()
    assert "match ROC-AUC" in card
    assert made.before.model in card


def test_the_figures_are_those_of_the_solver_itself(headed, dataset):
    from solver.evaluation import evaluate
    from solver.solve import Solver

    made, _ = headed
    ids = {outcome.task for outcome in made.outcomes}
    judged = Dataset(dataset.root, tuple(p for p in dataset.puzzles if p.id in ids), ())
    with Solver(load(made.path, "cpu"), None, threads=1) as solver:
        summary, _ = evaluate(judged, solver)
    assert summary.accuracy == made.after.accuracy
    assert summary.match_top1 == pytest.approx(made.after.match_top1)


def test_a_second_run_runs_nothing_and_gives_the_same_model(
    headed, dataset, head_plan, tmp_path, no_tower
):
    made, work = headed
    again = finetune(dataset, None, tmp_path / "again", work, head_plan)
    assert not any(stage.ran for stage in again.stages)
    assert again.model_id == made.model_id


def test_a_head_trained_anew_encodes_nothing_anew(headed, dataset, head_plan, tmp_path, no_tower):
    _, work = headed
    plan = replace(head_plan, seed=1, epochs=2)
    again = finetune(dataset, None, tmp_path / "again", work, plan)
    ran = {stage.name: stage.why for stage in again.stages if stage.ran}
    assert set(ran) == {"train", "digit", "calibrate", "evaluate"}
    assert ran["train"] == "epochs changed (15 to 2); seed changed (0 to 1)"


def test_a_child_of_a_head_takes_over_tower_features_and_head(headed, dataset, tmp_path, no_tower):
    made, work = headed
    child = finetune(dataset, made.path, tmp_path / "child", work, Plan("head", epochs=1))
    assert not {"prepare", "embed"} & {stage.name for stage in child.stages if stage.ran}
    assert child.parent_id == made.model_id


def test_a_changed_label_prepares_and_embeds_again(headed, dataset, head_plan, tmp_path):
    _, work = headed
    first = replace(dataset.puzzles[0], digit=1 + dataset.puzzles[0].digit % 5)
    changed = Dataset(dataset.root, (first, *dataset.puzzles[1:]), ())
    stopped = []

    def tell(progress):
        stopped.append(progress.stage)

    with pytest.raises(Cancelled):
        finetune(changed, None, tmp_path / "x", work, head_plan, tell, lambda: "prepare" in stopped)
    assert set(stopped) == {"prepare"}
    assert not (tmp_path / "x").exists()


def test_a_plan_that_does_not_fit_is_refused_before_anything_runs(headed, dataset, tmp_path):
    made, _ = headed
    with pytest.raises(TrainingError, match="by its head alone"):
        finetune(dataset, made.path, tmp_path / "x", tmp_path / "work", Plan("full"))
    with pytest.raises(TrainingError, match="is there already"):
        finetune(dataset, None, made.path, tmp_path / "work", Plan("full"))
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["lock"]


def test_too_few_puzzles_are_refused(dataset, head_plan, tmp_path):
    few = Dataset(dataset.root, dataset.puzzles[:8], ())
    with pytest.raises(TrainingError, match="Only 8 puzzles"):
        finetune(few, None, tmp_path / "x", tmp_path / "work", head_plan)
