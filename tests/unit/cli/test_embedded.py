"""A service that another command starts for itself."""

from pathlib import Path

import pytest

from cli.embedded import running
from cli.errors import CliError


def test_a_service_that_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORRERY_LEASE_SECONDS", "soon")
    with pytest.raises(CliError, match="ORRERY_LEASE_SECONDS"), running(tmp_path):
        pass
