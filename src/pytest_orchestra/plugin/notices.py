"""What the user is told beside outcomes: lines among the session's warnings."""

from __future__ import annotations

from warnings import WarningMessage

import pytest


class OrchestraWarning(pytest.PytestWarning):
    """Something that is not wrong, but not as it should be."""


def tell(config: pytest.Config, text: str) -> None:
    """Add a line to the session's warnings; no filter makes an error of it.

    xdist hands it on from a worker to the controller.
    """
    told = WarningMessage(OrchestraWarning(text), OrchestraWarning, __file__, 0)
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": told, "when": "runtest", "nodeid": "", "location": None}
    )
