"""`python -m tests.faults`: the 18 faults at their full size, one after the other."""

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from tests.faults import limits, report
from tests.faults.berth import Berth
from tests.faults.experiment import BOTH, Experiment
from tests.faults.shape import PLAIN
from tests.faults.suite import EXPERIMENTS, Outcome, carry_out


def _numbers(_context: click.Context, _parameter: click.Parameter, value: str) -> list[int]:
    try:
        return [int(number) for number in value.split(",") if number]
    except ValueError:
        raise click.BadParameter("write numbers with commas between") from None


def _databases(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    names = value.split(",")
    if unknown := set(names) - set(BOTH):
        raise click.BadParameter(f"{sorted(unknown)[0]} is none of {', '.join(BOTH)}")
    return names


@click.group(
    invoke_without_command=True,
    epilog="\b\nExample:\n  python -m tests.faults --database postgresql --seeds 1,2,3 --only 1,5",
)
@click.option(
    "--database", "databases", default=",".join(BOTH), callback=_databases, show_default=True
)
@click.option("--seeds", default="1,2,3", callback=_numbers, show_default=True)
@click.option("--only", default="", callback=_numbers, help="Numbers of faults; all by default.")
@click.option("--small", is_flag=True, help="The sizes that `make test` runs.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".data/faults.jsonl"),
    show_default=True,
    help="File that the outcomes are added to, as lines of JSON.",
)
@click.pass_context
def faults(
    ctx: click.Context,
    databases: list[str],
    seeds: list[int],
    only: list[int],
    small: bool,
    out: Path,
) -> None:
    """Break a running service in 18 ways and see that nothing is lost or doubled.

    Each line printed tells fault, database, seed, what was measured, and the verdict. The exit
    status is 1 where a promise was broken. 'limits' measures memory instead.
    """
    if ctx.invoked_subcommand is not None:
        return
    chosen = [it for it in EXPERIMENTS if not only or it.number in only]
    # What needs the same processes comes one after the other, so that they start only once.
    chosen.sort(key=lambda it: it.shape != PLAIN)
    with ExitStack() as held:
        berth = Berth(held)
        passed = [
            _run(berth, experiment, database, seed, small, out).passed
            for seed in seeds
            for database in databases
            for experiment in chosen
            if database in experiment.databases
        ]
    click.echo(report.markdown(report.read(out)))
    sys.exit(0 if all(passed) else 1)


def _run(
    berth: Berth, experiment: Experiment, database: str, seed: int, small: bool, out: Path
) -> Outcome:
    fleet = berth.fleet(database, experiment.shape)
    size = experiment.small if small else experiment.whole
    outcome = carry_out(experiment, fleet, size, seed)
    if not outcome.passed:
        fleet.keep_logs(out.parent / f"fault-{experiment.number}-{database}-{seed}")
        berth.clear()
    report.append(outcome, out)
    verdict = "kept" if outcome.passed else f"BROKEN {outcome.broken}"
    click.echo(
        f"{outcome.number:2} {outcome.title}, {database}, seed {seed}: {outcome.figure}; "
        f"lost {outcome.lost}, doubled {outcome.doubled}; {verdict} ({outcome.seconds:.0f} s)"
    )
    return outcome


@faults.command("table", epilog="\b\nExample:\n  python -m tests.faults table .data/faults.jsonl")
@click.argument("outcomes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def table(outcomes: Path) -> None:
    """Print outcomes that were written before as a Markdown table."""
    click.echo(report.markdown(report.read(outcomes)))


for command in limits.COMMANDS:
    faults.add_command(command)

if __name__ == "__main__":
    faults()
