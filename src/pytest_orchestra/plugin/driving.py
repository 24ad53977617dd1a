"""Drives runs from items: the session's loop turns while an item waits for its scenario."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.engine.runner import new_context, run_scenario
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.plugin.inputs import protocols
from pytest_orchestra.plugin.items import ScenarioFailed, ScenarioItem
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.turning import complete
from pytest_orchestra.plugin.workers import SHARED
from pytest_orchestra.reports.jsonl import EventLog, to_json
from pytest_orchestra.reports.terminal import failure_text
from pytest_orchestra.results import RunEvent, RunStatus, SessionFinished, SessionStarted, TestRun
from pytest_orchestra.suite.bound import RunMode

if TYPE_CHECKING:
    from pytest_orchestra.engine.context import RunContext
    from pytest_orchestra.engine.environment import Environment


@dataclass(slots=True, kw_only=True)
class Driver:
    """One per pytest process; open from the first scenario to the end of the session."""

    loop: asyncio.AbstractEventLoop
    session: EngineSession
    mode: RunMode
    log: EventLog

    def context_of(self, item: ScenarioItem) -> RunContext:
        """A new context for the item's next run."""
        return new_context(self.session, item.suite, item.bound)

    def run(self, item: ScenarioItem, fixtures: Mapping[str, Any]) -> None:
        """Run the item's scenario to its end.

        Raises:
            ScenarioFailed: a step failed; the text is what people read.
        """
        if reason := self._disabled(item):
            pytest.skip(reason)
        run = complete(
            self.loop,
            run_scenario(
                self.session,
                item.suite,
                item.bound,
                context=fixtures["orchestra_context"],
                mode=self.mode,
                fixtures=fixtures,
            ),
        )
        _describe(item, run)
        if run.status is not RunStatus.PASSED:
            raise ScenarioFailed(failure_text(run, rerun=item.rerun))

    def _disabled(self, item: ScenarioItem) -> str:
        """Why the environment cannot serve the scenario, if a connection is switched off."""
        for bound in item.bound.steps:
            if (call := bound.step.call) is not None:
                environment = self.session.environment
                if not environment.is_enabled(call.channel, call.connection):
                    return (
                        f"{call.channel} connection {call.connection!r} is disabled in"
                        f" environment {environment.name!r}"
                    )
        return ""


def _describe(item: ScenarioItem, run: TestRun) -> None:
    """What JUnit and ``-rA`` show of a run."""
    item.user_properties.extend(
        (name, value)
        for name, value in (
            ("orchestra_run", run.id),
            ("orchestra_data", run.data_set),
            ("orchestra_bound", run.bound),
        )
        if value
    )
    if run.status is RunStatus.PASSED:
        item.add_report_section("call", "orchestra", f"{run.bound}; run {run.id}")


async def open_driver(config: pytest.Config, environment: Environment) -> Driver:
    """Open the session's log, tell who listens, and begin."""
    shared = config.stash[SHARED]
    log = EventLog(shared.made_folder() / "events.jsonl")
    listeners: list[Callable[[RunEvent], None]] = [log.tell, *_allure_listener(config)]

    def emit(event: RunEvent) -> None:
        for listen in listeners:
            listen(event)

    session = EngineSession(
        id=shared.id,
        worker=shared.worker,
        protocols=protocols(config),
        environment=environment,
        emit=emit,
        triggered_by=_user(),
    )
    mode = config.stash[OPTIONS].mode
    emit(
        SessionStarted(
            session_id=shared.id,
            worker=shared.worker,
            environment=environment.name,
            mode=mode,
            at=timestamp(),
        )
    )
    return Driver(loop=asyncio.get_running_loop(), session=session, mode=RunMode(mode), log=log)


async def close_driver(driver: Driver) -> None:
    """Close the connections, then the log."""
    await driver.session.close()
    session = driver.session
    finished = SessionFinished(session_id=session.id, worker=session.worker, at=timestamp())
    session.emit(finished)
    driver.log.close()


def _allure_listener(config: pytest.Config) -> list[Callable[[RunEvent], None]]:
    """Where allure-pytest writes results, we add steps to them."""
    plugin = config.pluginmanager.get_plugin("allure_listener")
    if plugin is None:
        return []
    from pytest_orchestra.reports.allure import AllureListener

    return [AllureListener(plugin.allure_logger, encode=to_json).tell]


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login name: a container without a passwd entry
        return ""
