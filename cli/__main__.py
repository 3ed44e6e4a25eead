"""`python -m cli`: the `orrery` command, for a process that starts another one."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main())
