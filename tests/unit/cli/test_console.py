"""What a terminal shows, and what a pipe gets."""

import os
import pty
import subprocess
import sys

import pytest

from cli.console import progress, table

GONE = "\N{REPLACEMENT CHARACTER}"

#: The first byte of a terminal's colour and cursor commands.
ESCAPE = "\x1b"


def on_a_terminal(code: str, **environment: str) -> str:
    """Run code with a terminal as standard output and error; return what the terminal got."""
    leader, follower = pty.openpty()
    settings = {"TERM": "xterm-256color", **environment}
    clean = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=follower, stderr=follower, env=clean | settings
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            block = os.read(leader, 4096)
        except OSError:  # a closed pseudo-terminal answers so on Linux
            break
        if not block:
            break
        shown += block
    os.close(leader)
    assert process.wait(timeout=30) == 0
    return shown.decode()


TABLE = "from cli.console import table; table(['name', 'state'], [['small', 'champion']])"
BAR = "from cli.console import progress\nwith progress('Solving', 2) as done:\n    done(1); done(2)"


def test_a_table_on_a_terminal_has_a_heading_and_colour() -> None:
    shown = on_a_terminal(TABLE)
    assert "name" in shown
    assert ESCAPE in shown


def test_no_color_is_honoured() -> None:
    shown = on_a_terminal(TABLE, NO_COLOR="1")
    assert "name" in shown
    assert f"{ESCAPE}[3" not in shown


def test_a_progress_bar_shows_on_a_terminal() -> None:
    assert "Solving" in on_a_terminal(BAR)


def test_a_progress_bar_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Solving", 2) as done:
        done(1)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_a_table_in_a_pipe_is_tab_separated_without_a_heading(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["name", "score"], [["small", 0.98765], ["none", None]])
    assert capsys.readouterr().out == "small\t0.9877\nnone\t\n"


def test_control_characters_in_a_cell_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["name"], [["a\x1b[31m\tb\nc"]])
    assert capsys.readouterr().out == f"a{GONE}[31m{GONE}b{GONE}c\n"
