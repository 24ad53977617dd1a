"""Errors of ours are shown by their text, whatever phase they came in."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.plugin.masking import masked
from pytest_orchestra.plugin.paths import is_users_own, with_short_paths


def without_traceback(
    report: pytest.TestReport, call: pytest.CallInfo[None], item: pytest.Item
) -> pytest.TestReport:
    """The report, with the text alone where one of our errors ended the phase.

    A failed call of somebody's own test keeps its traceback: it shows the line of the test.
    """
    error = call.excinfo.value if call.excinfo is not None else None
    if not report.failed or not isinstance(error, OrchestraError):
        return report
    from pytest_orchestra.plugin.items import ScenarioItem

    if report.when != "call" or isinstance(item, ScenarioItem):
        text = masked(item.config, f"{error}{_asked_by(call, item.config.rootpath)}")
        report.longrepr = with_short_paths(text, item.config)
    return report


def without_secrets(
    report: pytest.TestReport, call: pytest.CallInfo[None], item: pytest.Item
) -> None:
    """Hide secrets in the traceback of a scenario, of whatever it was that ended the phase."""
    from pytest_orchestra.plugin.items import ScenarioFailed, ScenarioItem

    if call.excinfo is None or report.skipped or not isinstance(item, ScenarioItem):
        return
    if isinstance(call.excinfo.value, pytest.xfail.Exception):  # pytest still has to look at it
        return
    text = report.longreprtext
    if (shown := masked(item.config, text)) == text:
        return
    report.longrepr = shown
    told = ScenarioFailed(masked(item.config, call.excinfo.exconly()))
    call.excinfo = pytest.ExceptionInfo.from_exception(told.with_traceback(call.excinfo.tb))


def without_wrapping(report: pytest.CollectReport, collector: pytest.Collector) -> None:
    """Let pytest's summary show the text of a file of ours that could not be collected."""
    if report.failed and getattr(collector, "is_of_orchestra", False):
        report.longrepr = str(report.longrepr)


def _asked_by(call: pytest.CallInfo[None], root: Path) -> str:
    """The line of the user's own code that led to the error, if one did."""
    for entry in reversed(call.excinfo.traceback if call.excinfo is not None else ()):
        path = Path(entry.path)
        if is_users_own(path, root):
            return f"\nasked for by {path.relative_to(root)}:{entry.lineno + 1} in {entry.name}"
    return ""
