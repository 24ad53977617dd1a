"""Counts outcomes where reports arrive, so that a session that tested nothing does not exit 0."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_orchestra.plugin.options import OPTIONS

UNTESTED = "orchestra_untested"
"""The property of an item that binding itself skips; its value is why."""
FLAKY = "orchestra_flaky"
"""The property of an item with steps that passed only on a retry; its value names them."""
MOST_FLAKY = 10
"""Items with flaky steps that are named at the end."""


class OutcomeCounter:
    """Sees every report, in one process or in xdist's controller."""

    def __init__(self) -> None:
        self._untested = 0
        self._why: dict[str, None] = {}
        self._others = 0
        self._flaky: dict[str, dict[str, None]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell scenarios that have nothing to run from all that ran or was skipped otherwise."""
        if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
            why = [str(value) for name, value in report.user_properties if name == UNTESTED]
            self._why.update(dict.fromkeys(why))
            self._untested += bool(why)
            self._others += not why
        if report.when == "call" and (said := dict(report.user_properties).get(FLAKY)):
            self._flaky.setdefault(report.nodeid, {})[str(said)] = None  # a rerun undoes nothing

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A session of nothing but scenarios with nothing to run is no success."""
        if session.exitstatus != pytest.ExitCode.OK:
            return
        if self._untested and not self._others:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
        elif self._flaky and session.config.stash[OPTIONS].fail_flaky:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """Say so, and what was flaky."""
        for line in self._flaky_lines(fails=config.stash[OPTIONS].fail_flaky):
            terminalreporter.write_line(line, yellow=True)
        if self._untested and not self._others:
            terminalreporter.write_line(
                f"orchestra: nothing was tested: {'; '.join(self._why)}", yellow=True
            )

    def _flaky_lines(self, *, fails: bool) -> Iterator[str]:
        if not self._flaky:
            return
        told = {nodeid: "; ".join(said) for nodeid, said in self._flaky.items()}
        number = sum(text.count(" (try ") for text in told.values())
        steps = "1 step was FLAKY" if number == 1 else f"{number} steps were FLAKY"
        why = ", which fails the session (--orchestra-fail-flaky)" if fails else ""
        yield f"orchestra: {steps}{why}"
        for nodeid, text in list(told.items())[:MOST_FLAKY]:
            yield f"  {nodeid}: {text}"
        if (more := len(told) - MOST_FLAKY) > 0:
            yield f"  and in {more} more scenarios"
