"""Counts outcomes where reports arrive, so that a session that tested nothing does not exit 0."""

from __future__ import annotations

import pytest

UNTESTED = "orchestra_untested"
"""The property of an item that binding itself skips; its value is why."""


class OutcomeCounter:
    """Sees every report, in one process or in xdist's controller."""

    def __init__(self) -> None:
        self._untested = 0
        self._why: dict[str, None] = {}
        self._others = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell scenarios that have nothing to run from all that ran or was skipped otherwise."""
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            why = [str(value) for name, value in report.user_properties if name == UNTESTED]
            self._why.update(dict.fromkeys(why))
            self._untested += bool(why)
            self._others += not why

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A session of nothing but scenarios with nothing to run is no success."""
        if self._untested and not self._others and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say so."""
        if self._untested and not self._others:
            terminalreporter.write_line(
                f"orchestra: nothing was tested: {'; '.join(self._why)}", yellow=True
            )
