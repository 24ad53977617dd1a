"""``orchestra report``: what a session's log tells, as text or as TestRun documents."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.reports.sessions import (
    SessionReport,
    read_session,
    session_document,
    session_schema,
)
from pytest_orchestra.reports.terminal import headline
from pytest_orchestra.results import LOG

SUMMARY = "Tell what a session's event log holds."

_SESSION = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_SHOWN = 10
_STATE_DIR = Path(".orchestra")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "session",
        nargs="?",
        type=Path,
        metavar="SESSION",
        help="name of a session, or path of its folder or log; else the latest one",
    )
    parser.add_argument(
        "--dir", type=Path, default=_STATE_DIR, metavar="DIR", help="where sessions are kept"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report of one session.

    Returns:
        0.

    Raises:
        ConfigurationError: there is no such log, or it cannot be read.
    """
    if arguments.schema:
        print(json.dumps(session_schema(), indent=2, ensure_ascii=False))
        return 0
    path = _log(arguments.session, arguments.dir)
    try:
        report = read_session(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "Name a session of --dir, or the path of its log."
        raise ConfigurationError(f"{path} cannot be read: {reason}", hint=hint) from error
    if arguments.format == "json":
        print(session_document(report))
    else:
        print("\n".join(_lines(report, path)))
    return 0


def _log(session: Path | None, state: Path) -> Path:
    if session is None:
        known = sorted(each.name for each in state.glob("*") if _SESSION.fullmatch(each.name))
        kept = [name for name in known if (state / name / LOG).is_file()]
        if not kept:
            message = f"{state} holds no session with events"
            raise ConfigurationError(message, hint="Run pytest first, or give --dir.")
        return state / kept[-1] / LOG
    if session.is_file():
        return session
    return (session if session.is_dir() else state / session) / LOG


def _lines(report: SessionReport, path: Path) -> Iterator[str]:
    counted = Counter(run.status.value for run in report.runs)
    numbers = ", ".join(f"{number} {status}" for status, number in counted.items()) or "no runs"
    yield f"session {report.session_id or path.parent.name}: {numbers}"
    if report.resumes:
        yield f"resumed session {report.resumes}"
    if report.cut_workers:
        yield f"cut, or still running: {', '.join(report.cut_workers)}"
    for run in report.runs:
        if run.id in report.in_flight:
            at = f" at '{run.steps[-1].name}'" if run.steps else ""
            yield f"in flight: {run.suite_file}::{run.item}{at} (run {run.id})"
        if run.failed_steps or run.overruled:
            yield f"failed: {run.suite_file}::{run.item}: {run.overruled or headline(run)}"
        for step in run.flaky_steps:
            yield f"flaky: {run.suite_file}::{run.item} at '{step.place}' (try {step.retries + 1})"
    if lines := report.unreadable_lines:
        shown = ", ".join(map(str, lines[:_SHOWN])) + (", …" if len(lines) > _SHOWN else "")
        what = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
        yield f"{path}: {what} cannot be read: {shown}"
