"""What the user is told beside outcomes: lines among the session's warnings."""

from __future__ import annotations

from pathlib import Path
from warnings import WarningMessage, warn_explicit

import pytest

from pytest_orchestra.model import SourceLocation


class OrchestraWarning(pytest.PytestWarning):
    """Something that is not wrong, but not as it should be."""


def warn(text: str, at: SourceLocation | Path) -> None:
    """Warn of what stands in a file; pytest's filters hold.

    Raises:
        OrchestraWarning: a filter makes an error of it.
    """
    file, line = (at.file, at.line) if isinstance(at, SourceLocation) else (str(at), 0)
    warn_explicit(OrchestraWarning(text), OrchestraWarning, file, line)


def tell(config: pytest.Config, text: str) -> None:
    """Add a line to the session's warnings; no filter makes an error of it.

    xdist hands it on from a worker to the controller.
    """
    told = WarningMessage(OrchestraWarning(text), OrchestraWarning, "orchestra", 0)
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": told, "when": "runtest", "nodeid": "orchestra", "location": None}
    )
