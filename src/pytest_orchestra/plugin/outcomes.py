"""Counts outcomes where reports arrive, so that a session that tested nothing does not exit 0."""

from __future__ import annotations

import pytest

NOTHING_BOUND = "orchestra_nothing_bound"


class OutcomeCounter:
    """Sees every report, in one process or in xdist's controller."""

    def __init__(self) -> None:
        self._nothing_bound = 0
        self._others = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell scenarios without any step from everything else that ran or was skipped."""
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            if (NOTHING_BOUND, "yes") in report.user_properties:
                self._nothing_bound += 1
            else:
                self._others += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A session of nothing but scenarios without a step is no success."""
        if self._nothing_bound and not self._others and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say so."""
        if self._nothing_bound and not self._others:
            terminalreporter.write_line(
                f"orchestra: nothing was tested: no step is bound on any of the"
                f" {self._nothing_bound} scenarios",
                yellow=True,
            )
