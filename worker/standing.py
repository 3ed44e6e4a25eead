"""How the processes of a worker stand behind others of their machine."""

import os
from contextlib import suppress
from pathlib import Path

#: Of a process that only trains: it gets about a tenth of a core that solving wants, too.
NICENESS = 10


def fall_before_databases() -> None:
    """Where memory runs out, let the kernel end this process rather than a database."""
    preference = Path("/proc/self/oom_score_adj")
    if preference.exists():
        preference.write_text("500", "ascii")


def give_way() -> None:
    """Leave the processor to whoever else wants it, on this process's behalf and its children's."""
    os.nice(NICENESS)
    # Linux may weigh sessions against each other, and a process within its session alone; that of
    # somebody's terminal is not ours to weigh.
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICENESS), "ascii")
