"""Tells a session's log where pytest failed an item whose run had passed."""

from __future__ import annotations

import pytest

from pytest_orchestra.plugin.masking import masked

OVERRULABLE = pytest.StashKey[str]()
"""Of an item the id of the run that a failure from now on overrules: it passed, or began early."""


def tell_overruled(
    report: pytest.TestReport, call: pytest.CallInfo[None], item: pytest.Item
) -> None:
    """Append a failure after the run, or at the setup of one that was begun early, to the log.

    The log is opened anew, for at the end of a session the driver has closed its own. To be
    called before secrets are hidden, which puts another exception in the place of what was raised.
    """
    run = item.stash.get(OVERRULABLE, None)
    if not report.failed or run is None or call.excinfo is None:
        return
    is_expected = item.get_closest_marker("xfail") is not None
    if is_expected or isinstance(call.excinfo.value, pytest.xfail.Exception):  # no failure, then
        return
    from pytest_orchestra.engine.session import timestamp
    from pytest_orchestra.plugin.workers import SHARED
    from pytest_orchestra.reports.jsonl import EventLog
    from pytest_orchestra.results import LOG, RunOverruled

    folder = item.config.stash[SHARED].folder
    if not folder.is_made:  # no events are kept
        return
    raised = masked(item.config, call.excinfo.exconly(tryshort=True)).strip()
    why = f"{report.when}: {next(iter(raised.splitlines()), '')}"
    log = EventLog(folder.path / LOG)
    log.tell(RunOverruled(run_id=run, why=why, at=timestamp()))
    log.close()
