"""Drives runs from items: the session's loop turns while an item waits for its scenario."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.engine.python_calls import Signals
from pytest_orchestra.engine.runner import new_context, run_scenario
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.plugin import unreported
from pytest_orchestra.plugin.contexts import Contexts
from pytest_orchestra.plugin.events import Events, Listener
from pytest_orchestra.plugin.exclusion import EXCLUSION, Exclusion
from pytest_orchestra.plugin.inputs import protocols
from pytest_orchestra.plugin.items import CUT_OFF, ScenarioFailed, ScenarioItem
from pytest_orchestra.plugin.limits import NEIGHBOURS, limit_of
from pytest_orchestra.plugin.notices import tell
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.outcomes import FLAKY
from pytest_orchestra.plugin.overruling import OVERRULABLE
from pytest_orchestra.plugin.presenting import cut_off, data_of, failure_of, properties_of
from pytest_orchestra.plugin.resuming import RESUMED
from pytest_orchestra.plugin.stepping import TAKEN, takeover_of
from pytest_orchestra.plugin.turning import DRAIN_WITHIN, HURRY_WITHIN, Turner
from pytest_orchestra.plugin.waiting import WAITING
from pytest_orchestra.plugin.workers import SHARED
from pytest_orchestra.reports.jsonl import EventLog, to_json
from pytest_orchestra.results import LOG, RunStatus, SessionFinished, SessionStarted, TestRun
from pytest_orchestra.suite.bound import CallTemplate, RunMode

if TYPE_CHECKING:
    from pytest_orchestra.engine.context import RunContext
    from pytest_orchestra.engine.environment import Environment
    from pytest_orchestra.plugin.concurrency import Concurrency

SIGNALS = Signals(
    fails=(pytest.fail.Exception,),
    ends=(pytest.skip.Exception, pytest.xfail.Exception),
    exits=(pytest.exit.Exception,),
)
"""What pytest's own exceptions mean in a Python step."""


@dataclass(slots=True, kw_only=True)
class Driver:
    """One per pytest process; open from the first scenario to the end of the session."""

    config: pytest.Config
    turner: Turner
    session: EngineSession
    mode: RunMode
    events: Events
    log: EventLog | None
    exclusion: Exclusion
    concurrency: Concurrency | None = None
    contexts: Contexts | None = None

    def context_of(self, item: ScenarioItem) -> RunContext:
        """The context of the item's run, if it has begun, else a new one.

        Raises:
            ConfigurationError: variables are missing that its connections need, or what it
                should go on with is not there.
        """
        if self.concurrency is not None and (known := self.concurrency.context_of(item)):
            return known
        return self.new_context(item)

    def new_context(self, item: ScenarioItem) -> RunContext:
        """A new context, as ``context_of``."""
        calls = [bound.step.call for bound in item.bound.all_steps if bound.step.call is not None]
        self._skip_disabled(calls)
        self.session.environment.look_up((call.channel, call.connection) for call in calls)
        takeover = takeover_of(item, self.mode, self.session.environment.name, self.contexts)
        return new_context(self.session, item.suite, item.bound, takeover)

    def run(self, item: ScenarioItem, fixtures: Mapping[str, Any]) -> None:
        """Run the item's scenario to its end.

        Raises:
            ScenarioFailed: a step failed; the text is what people read.
        """
        item.stash[CUT_OFF] = lambda why: cut_off(why, item)
        if OVERRULABLE in item.stash:  # of an earlier attempt
            del item.stash[OVERRULABLE]
        if self.concurrency is not None and limit_of(item.config, item.suite) > 1:
            run = self.concurrency.complete(item, fixtures)
        else:
            context: RunContext = fixtures["orchestra_context"]
            with self.events.of_run(context.run_id, item):
                run = self.turner.complete(self.start(item, fixtures), f"in {item.nodeid}")
        item.describe(properties := properties_of(run))
        if run.status is not RunStatus.PASSED:
            raise ScenarioFailed(failure_of(run, item))
        item.stash[OVERRULABLE] = run.id
        flaky = properties[FLAKY]
        said = [run.bound, *([f"FLAKY: {flaky}"] if flaky else []), f"run {run.id}"]
        said += [f"took over {run.taken_over}"] if run.taken_over else []
        item.add_report_section("call", "orchestra", f"{data_of(run)}{'; '.join(said)}")

    def start(
        self, item: ScenarioItem, fixtures: Mapping[str, Any]
    ) -> Coroutine[Any, Any, TestRun]:
        """Run the item's scenario; under xdist when no other worker is in its way."""
        work = run_scenario(
            self.session,
            item.suite,
            item.bound,
            context=fixtures["orchestra_context"],
            mode=self.mode,
            fixtures=fixtures,
            takeover=item.stash.get(TAKEN, None),
        )
        return self.exclusion.of(item, work) if self.exclusion.is_needed(item.session) else work

    async def close(self) -> None:
        """End what still runs, close the connections, then the log, whatever breaks in."""
        session = self.session
        within = HURRY_WITHIN if self.turner.is_hurried else None
        try:
            if self.concurrency is not None:
                cut = await self.concurrency.close(within or self.turner.drain_within)
                unreported.take(self.config, cut)
                for line in self.concurrency.stalls():
                    tell(self.config, line)
            with suppress(TimeoutError):  # the user could not wait for what was still open
                async with asyncio.timeout(within):
                    await session.close()
        finally:
            at = timestamp()
            self.events.tell(SessionFinished(session_id=session.id, worker=session.worker, at=at))
            if self.log is not None:
                self.log.close()
            await self.turner.end_leftovers()

    def _skip_disabled(self, calls: Iterable[CallTemplate]) -> None:
        """Skip a scenario that the environment cannot serve: a connection is switched off."""
        environment = self.session.environment
        for call in calls:
            if not environment.is_enabled(call.channel, call.connection):
                pytest.skip(
                    f"{call.channel} connection '{call.connection}' of environment"
                    f" '{environment.name}' is disabled"
                )


async def open_driver(config: pytest.Config, environment: Environment) -> Driver:
    """Open the session's log, tell who listens, and begin."""
    shared, options = config.stash[SHARED], config.stash[OPTIONS]
    log = _open_log(config)
    written = [log.tell] if log is not None else []
    listeners = (*written, config.stash[WAITING].waiting.tell)
    events = Events(listeners, reports=tuple(_allure_listener(config)))
    contexts = None
    if log is not None:
        contexts = Contexts(folder=shared.folder, root=config.rootpath, complain=_complain(config))
    session = EngineSession(
        id=shared.id,
        worker=shared.worker,
        protocols=protocols(config),
        environment=environment,
        emit=events.tell,
        triggered_by=_user(),
        signals=SIGNALS,
        keep=contexts.write if contexts is not None else None,
        finally_within=options.finally_s,
        time_scale=options.time_scale,
    )
    mode = options.mode
    events.tell(
        SessionStarted(
            session_id=shared.id,
            worker=shared.worker,
            environment=environment.name,
            mode=mode,
            at=timestamp(),
            resumes=config.stash[RESUMED].session if RESUMED in config.stash else "",
        )
    )
    driver = Driver(
        config=config,
        turner=Turner(
            asyncio.get_running_loop(),
            drain_within=DRAIN_WITHIN + options.finally_s,
            is_told=shared.is_interrupted if shared.joined is not None else None,
        ),
        session=session,
        mode=RunMode(mode),
        exclusion=config.stash.get(EXCLUSION, None)
        or Exclusion(shared.joined, shared.worker, options.exclusive_s),
        events=events,
        log=log,
        contexts=contexts,
    )
    driver.concurrency = _concurrency(config, driver)
    return driver


def _concurrency(config: pytest.Config, driver: Driver) -> Concurrency | None:
    """None where all scenarios of the session run one after the other."""
    neighbours = config.stash.get(NEIGHBOURS, None)
    if neighbours is None:
        return None
    from pytest_orchestra.plugin.concurrency import Concurrency

    return Concurrency(
        turner=driver.turner,
        events=driver.events,
        neighbours=neighbours,
        start=driver.start,
        new_context=driver.new_context,
        folder=config.stash[SHARED].joined,
    )


def _open_log(config: pytest.Config) -> EventLog | None:
    """None, and a warning that says why, where the folder cannot be had: tests go on without."""
    folder = config.stash[SHARED].folder
    try:
        path = folder.make() / LOG
    except OSError as error:
        reason = error.strerror or type(error).__name__
        tell(
            config,
            f"{folder.path} cannot be made: {reason}; no run events are kept."
            " Make it writable, or set orchestra_dir to a folder that is.",
        )
        return None
    return EventLog(path, complain=_complain(config))


def _allure_listener(config: pytest.Config) -> list[Listener]:
    """Where allure-pytest writes results, we add steps to them."""
    plugin = config.pluginmanager.get_plugin("allure_listener")
    if plugin is None:
        return []
    from pytest_orchestra.reports.allure import AllureListener

    listener = AllureListener(plugin.allure_logger, encode=to_json, complain=_complain(config))
    return [listener.tell]


def _complain(config: pytest.Config) -> Callable[[str], None]:
    def complain(text: str) -> None:
        tell(config, text)

    return complain


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login name: a container without a passwd entry
        return ""
