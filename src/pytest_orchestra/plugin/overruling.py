"""Tells a session's log where pytest failed an item whose run had passed."""

from __future__ import annotations

import pytest

PASSED = pytest.StashKey[str]()
"""Of an item the id of its run that passed."""


def tell_overruled(report: pytest.TestReport, item: pytest.Item) -> None:
    """Append a failure after the run to the log; the report's secrets are masked before.

    The log is opened anew, for at the end of a session the driver has closed its own.
    """
    if not report.failed or (run := item.stash.get(PASSED, None)) is None:
        return
    from pytest_orchestra.engine.session import timestamp
    from pytest_orchestra.plugin.workers import SHARED
    from pytest_orchestra.reports.jsonl import LOG, EventLog
    from pytest_orchestra.results import RunOverruled

    path = item.config.stash[SHARED].folder.path / LOG
    if not path.is_file():  # no events are kept
        return
    log = EventLog(path)
    log.tell(RunOverruled(run_id=run, why=f"{report.when}: {_reason(report)}", at=timestamp()))
    log.close()


def _reason(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else report.longreprtext
    return next(iter(text.strip().splitlines()), "")
