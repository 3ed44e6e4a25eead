"""Figures beside their baselines, and two runs of them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import figure, rows
from benchmarks.compare import compare
from benchmarks.figure import Figure
from benchmarks.model import Site, parts

SPEED = Figure("solving", "speed", "puzzles/s", "published shape", 0.2, 20.0, more=True)
MEMORY = Figure("solving", "peak memory", "MiB", "published shape", 1500.0, 300.0)


@pytest.mark.parametrize(("kept", "ratio"), [(SPEED, 100.0), (MEMORY, 5.0)])
def test_a_ratio_above_one_is_better_whatever_is_measured(kept: Figure, ratio: float) -> None:
    assert kept.ratio == pytest.approx(ratio)


def test_a_run_is_read_as_it_was_kept() -> None:
    told = figure.run([SPEED, MEMORY], {}, 3.0)
    assert figure.read(json.loads(json.dumps(told))) == [SPEED, MEMORY]
    assert told["machine"]["cores"] >= 1
    assert told["versions"]["python"]


@pytest.mark.parametrize(("speed", "status"), [(19.0, 0), (40.0, 0), (10.0, 1)])
def test_a_figure_that_got_worse_is_told(tmp_path: Path, speed: float, status: int) -> None:
    faster = Figure("solving", "speed", "puzzles/s", "published shape", 0.2, speed, more=True)
    for name, figures in (("old", [SPEED, MEMORY]), ("new", [faster, MEMORY])):
        (tmp_path / name).write_text(json.dumps(figure.run(figures, {}, 1.0)))
    told = CliRunner().invoke(compare, [str(tmp_path / "old"), str(tmp_path / "new")])
    assert told.exit_code == status, told.output
    assert ("times worse" in told.output) == bool(status)


@pytest.mark.parametrize("results", [100, 12_345, 1_000_000])
def test_jobs_of_all_sizes_make_as_many_results_as_were_asked_for(results: int) -> None:
    sizes = list(rows.sizes(results))
    assert sum(sizes) == results
    assert sizes[0] == max(sizes) == min(100_000, results // 10)
    assert sizes.count(1) > len(sizes) / 2


def test_the_part_that_stops_a_fleet_first_is_told_first() -> None:
    carried = {"seconds": 0.003, "worker": 0.001, "journal": 3000.0, "transactions": 0.3}
    measured = {
        "micro_batches": [carried | {"micro_batch": 8, "database": 0.0005, "locked": 0.002}],
        "fleets": [{"workers": 1, "connections": 5}, {"workers": 3, "connections": 7}],
        "pieces": {
            "commit": 0.002,
            "messages": 800.0,
            "hellos": 4000.0,
            "stored": 700.0,
            "read": 10_000.0,
            "written": 4e8,
        },
    }
    found = parts(measured, 8, Site(cores=16, connections=500))
    assert [part.rate for part in found] == sorted(part.rate for part in found)
    assert found[0].name.startswith("the row of one job")
    assert {part.name: part.workers for part in found}["connections to the database"] == 500
