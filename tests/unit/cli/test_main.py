"""What `orrery` itself promises: exit statuses, one clear line for an error, a quick start."""

import errno
import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli.commands import SECTIONS, Entry
from cli.errors import CliError
from cli.group import LazyGroup
from cli.main import main
from solver.errors import SolverError

#: What no user should wait for who only wants to read the help.
HEAVY = {"torch", "numpy", "cv2", "flask", "sqlalchemy", "sqlmodel", "celery", "rich", "httpx"}


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Put one command named `probe` in the table, with the given body."""

    def put(body: Callable[[], object]) -> None:
        command = click.Command("probe", callback=body)
        monkeypatch.setattr(sys.modules[__name__], "probe", command, raising=False)
        entry = Entry(f"{__name__}:probe", "A command of this test.")
        monkeypatch.setattr("cli.main.SECTIONS", {"Test": {"probe": entry}})

    return put


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def test_the_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom cli.main import main\n"
        "assert main(['--help']) == 0\n"
        "print(*(name for name in sys.modules), file=sys.stderr)"
    )
    shown = python(code)
    assert shown.returncode == 0
    assert HEAVY.isdisjoint(shown.stderr.split())


def test_the_help_is_less_work_than_twenty_bare_starts_of_python() -> None:
    def work(code: str) -> float:
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        python(code)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime

    shown = min(work("from cli.main import main; main(['--help'])") for _ in range(3))
    assert shown < 20 * min(work("") for _ in range(3))


def test_the_version_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("orrery ")


def test_a_misspelt_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["slove"]) == 2
    shown = capsys.readouterr()
    assert "Did you mean 'solve'?" in shown.err
    assert shown.out == ""


def test_a_command_like_no_other_is_answered_with_the_way_to_the_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["xyzzyx"]) == 2
    assert "orrery --help" in capsys.readouterr().err


def test_an_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "--fnord"]) == 2
    assert "--fnord" in capsys.readouterr().err


def test_no_command_at_all_shows_every_command_by_purpose(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(title in shown for title in SECTIONS)
    assert LazyGroup("orrery", SECTIONS).entries.keys() <= set(re.findall(r"[a-z]+", shown))
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_full_disk_is_named_with_what_to_do(
    install: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(raising(OSError(errno.ENOSPC, "No space left on device")))
    assert main(["probe"]) == 1
    assert capsys.readouterr().err == (
        "orrery: No space left on device; free some space, or write elsewhere\n"
    )


def test_output_that_the_disk_cannot_take_is_one_line_and_status_one() -> None:
    shown = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m cli --version > /dev/full'],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.returncode == 1
    assert shown.stderr == "orrery: No space left on device; free some space, or write elsewhere\n"


@pytest.mark.parametrize("root", [CliError, SolverError])
def test_an_expected_error_is_one_line_and_status_one(
    install: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    root: type[Exception],
) -> None:
    install(raising(root("the disk is full; free some space")))
    assert main(["probe"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "orrery: the disk is full; free some space\n"
    assert shown.out == ""


@pytest.mark.parametrize("module", ["torch", "cv2", "easyocr", "torch.nn"])
def test_a_missing_package_names_the_extra_to_install(
    install: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    module: str,
) -> None:
    install(raising(ModuleNotFoundError(f"No module named {module!r}", name=module)))
    assert main(["probe"]) == 1
    assert "pip install 'orrery[worker]'" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_named(
    install: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(raising(PermissionError(errno.EACCES, "Permission denied", "/root/x.jpg")))
    assert main(["probe"]) == 1
    assert capsys.readouterr().err == (
        "orrery: /root/x.jpg: Permission denied; take a place that is yours, or change its "
        "permissions\n"
    )


def test_a_fault_of_ours_keeps_its_traceback(
    install: Callable[[Callable[[], object]], None],
) -> None:
    install(raising(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError):
        main(["probe"])


def test_a_command_may_choose_its_exit_status(
    install: Callable[[Callable[[], object]], None],
) -> None:
    install(lambda: click.get_current_context().exit(1))
    assert main(["probe"]) == 1


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    code = (
        "import sys, click\nfrom cli import main as m\nfrom cli.commands import Entry\n"
        "def body():\n    for n in range(100000): click.echo(n)\n"
        "probe = click.Command('probe', callback=body)\n"
        "m.SECTIONS = {'T': {'probe': Entry('__main__:probe', '')}}\n"
        "sys.exit(m.main(['probe']))"
    )
    command = f'"{sys.executable}" -c "$CODE" | head -n 1'
    shown = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "CODE": code},
    )
    assert (shown.stdout, shown.stderr) == ("0\n", "")


def test_an_interrupt_ends_the_command_without_a_traceback() -> None:
    code = (
        "import sys, click, signal\nfrom cli import main as m\nfrom cli.commands import Entry\n"
        "def body():\n    click.echo('started')\n    signal.pause()\n"
        "probe = click.Command('probe', callback=body)\n"
        "m.SECTIONS = {'T': {'probe': Entry('__main__:probe', '')}}\n"
        "sys.exit(m.main(['probe']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert "_ORRERY_COMPLETE" in capsys.readouterr().out


def test_completion_offers_the_commands() -> None:
    answer = python(
        "from cli.main import main; main([])",
        _ORRERY_COMPLETE="bash_complete",
        COMP_WORDS="orrery comp",
        COMP_CWORD="1",
    )
    assert answer.stdout.strip() == "plain,completion"


def test_a_wrong_setting_is_named(
    install: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def body() -> None:
        from store.settings import load_settings

        load_settings()

    monkeypatch.setenv("ORRERY_LEASE_SECONDS", "soon")
    install(body)
    assert main(["probe"]) == 1
    assert "ORRERY_LEASE_SECONDS" in capsys.readouterr().err


def test_json_lines_survive_names_that_are_not_text(capsys: pytest.CaptureFixture[str]) -> None:
    from cli.console import write_json

    name = os.fsdecode(b"\xff\n.jpg")
    write_json({"image": name})
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [{"image": name}]


def test_the_current_folder_is_no_part_of_the_start(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main(['--version'])"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert shown.stdout.startswith("orrery ")
