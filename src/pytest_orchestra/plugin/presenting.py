"""What people see of a run: in the terminal, in JUnit's file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orchestra.engine.outcome import RUN_CUT
from pytest_orchestra.plugin.events import CUT
from pytest_orchestra.plugin.outcomes import FLAKY
from pytest_orchestra.plugin.paths import with_short_paths
from pytest_orchestra.plugin.rerunning import rerun_command
from pytest_orchestra.reports.terminal import MOST_LINES, failure_text, headline
from pytest_orchestra.results import StepResult, TestRun, Violation

if TYPE_CHECKING:
    from pytest_orchestra.plugin.items import ScenarioItem

_OTHER_LOOP = re.compile(
    r"attached to a different loop|is bound to a different event loop|Event loop is closed"
)
"""What asyncio says of an object that another loop made."""


def failure_of(run: TestRun, item: ScenarioItem) -> str:
    """Why the run failed, in at most 25 lines; the first one stands in pytest's summary."""
    shown = replace(run, steps=tuple(_shown(step, item) for step in run.steps))
    command = rerun_command(item)
    return "\n".join([headline(shown), failure_text(shown, rerun=command, most=MOST_LINES - 1)])


def cut_off(why: str, item: ScenarioItem) -> str:
    """Why an item's run was cut, and at which step; the first line stands in pytest's summary."""
    run, why = item.stash.get(CUT, None), why.rstrip(".")
    if run is None:
        return f"{why}: before its first step"
    shown = replace(run, steps=tuple(_shown(step, item) for step in run.steps))
    at = next((step for step in shown.steps if _is_cut(step)), None)
    where = "between two steps"
    if at is not None:
        where = f"at '{at.place}', {at.duration_ms / 1000:.2f} s after step {at.name!r} began"
    text = failure_text(shown, rerun=rerun_command(item), most=MOST_LINES - 1)
    return f"{why}: {where}\n{text}"


def _is_cut(step: StepResult) -> bool:
    return any(violation.code == RUN_CUT for violation in step.violations)


def properties_of(run: TestRun) -> Mapping[str, str]:
    """What JUnit's file says of the run; empty: nothing."""
    return {
        "orchestra_run": run.id,
        "orchestra_environment": run.environment,
        "orchestra_data": run.data_set or "",
        "orchestra_data_reason": run.data_reason,
        "orchestra_bound": run.bound,
        FLAKY: "; ".join(f"{step.name} (try {step.retries + 1})" for step in run.flaky_steps),
    }


def data_of(run: TestRun) -> str:
    """A line that says which data set it was and why; empty without one."""
    return f"data {run.data_set}: {run.data_reason}\n" if run.data_set else ""


def _shown(step: StepResult, item: ScenarioItem) -> StepResult:
    """The step with short paths, and with what to do about a fixture of another loop."""
    config = item.config
    return replace(
        step,
        definition=with_short_paths(step.definition, config),
        violations=tuple(
            replace(violation, message=with_short_paths(_advised(violation, step, item), config))
            for violation in step.violations
        ),
        notes=tuple(with_short_paths(note, config) for note in step.notes),
    )


def _advised(violation: Violation, step: StepResult, item: ScenarioItem) -> str:
    """The violation's message, after what to do about it."""
    if not _OTHER_LOOP.search(violation.message):
        return violation.message
    functions = (
        bound.step.python for bound in item.bound.all_steps if bound.step.id == step.step_id
    )
    fixtures = next((python.fixtures for python in functions if python is not None), ())
    which = f"fixture {' or '.join(fixtures)}" if fixtures else "async fixtures it uses"
    return (
        f'add loop_scope="session" to the {which}: made on another event loop than the scenario'
        f" runs on\n{violation.message}"
    )
