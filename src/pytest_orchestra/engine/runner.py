"""Runs one bound scenario: arm, act, await; tells of everything by events."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.arming import Armed
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.execution import Execution, step_result
from pytest_orchestra.engine.files import FileReader
from pytest_orchestra.engine.outcome import Outcome
from pytest_orchestra.engine.rendering import references
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.results import (
    RunFinished,
    RunStarted,
    RunStatus,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
)
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, BoundSuite, RunMode


async def run_scenario(
    session: EngineSession,
    suite: BoundSuite,
    bound: BoundScenario,
    *,
    context: RunContext,
    mode: RunMode = RunMode.STOP_ON_FIRST_FAILURE,
    fixtures: Mapping[str, object] | None = None,
) -> TestRun:
    """Run the scenario's steps in order and give the finished run, masked.

    Args:
        session: open on the running loop.
        suite: the suite that ``bound`` belongs to.
        bound: its scenario.
        context: new, by ``new_context``; it may be looked at while and after the run.
        mode: whether to go on after a failure.
        fixtures: values for the Python steps, by name.

    Raises:
        asyncio.CancelledError: the run was cut; a RunFinished with CANCELLED was told.
    """
    run = _new_run(session, suite, bound, mode, context.run_id)
    session.emit(RunStarted(run=run, at=run.started_at))
    execution = Execution(
        session=session,
        context=context,
        armed=Armed(session.clients),
        fixtures=fixtures or {},
    )
    walk = _Walk(session=session, run=run, bound=bound, execution=execution)
    try:
        await walk.through(mode)
    except BaseException:
        walk.finish(RunStatus.CANCELLED)
        raise
    failed = any(result.status is StepStatus.FAILED for result in walk.results)
    return walk.finish(RunStatus.FAILED if failed else RunStatus.PASSED)


def new_context(session: EngineSession, suite: BoundSuite, bound: BoundScenario) -> RunContext:
    """What a run of the scenario knows before its first step; every one has its own run id."""
    return RunContext(
        run_id=str(uuid.uuid4()),
        session_id=session.id,
        worker=session.worker,
        data=bound.data.values if bound.data else {},
        variables=session.environment.variables,
        read_file=FileReader(suite.file.parent).read,
    )


def _new_run(
    session: EngineSession, suite: BoundSuite, bound: BoundScenario, mode: RunMode, run_id: str
) -> TestRun:
    with_step, activities = bound.bound
    return TestRun(
        id=run_id,
        suite=suite.name,
        suite_file=str(suite.file),
        process_id=suite.process_id,
        scenario=bound.scenario.key,
        item=bound.item,
        status=RunStatus.IN_PROGRESS,
        mode=mode.value,
        environment=session.environment.name,
        tenant=session.environment.tenant,
        triggered_by=session.triggered_by,
        data_set=bound.data.name if bound.data else None,
        data_file=bound.data.file if bound.data else None,
        started_at=timestamp(),
        spec_versions=suite.spec_versions,
        bound=f"bound {with_step} of {activities} tasks",
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of one run."""

    session: EngineSession
    run: TestRun
    bound: BoundScenario
    execution: Execution
    results: list[StepResult] = field(default_factory=list)

    @property
    def context(self) -> RunContext:
        return self.execution.context

    async def through(self, mode: RunMode) -> None:
        await self.execution.armed.begin(self.bound.steps, self.context)
        stops = mode is RunMode.STOP_ON_FIRST_FAILURE
        unarmed = self._first_unarmed() if stops else None
        why = f"{unarmed.step.name!r} cannot be watched" if unarmed is not None else ""
        for bound in self.bound.steps:
            if why and bound is not unarmed:
                self._skip(bound, why)
            elif needed := self.context.missing(references(bound.step)):
                self._skip(bound, f"needs {needed!r}, which did not deliver")
            else:
                result = await self._run(bound)
                if stops and result.status is StepStatus.FAILED:
                    why = f"{result.name!r} failed before"

    def _first_unarmed(self) -> BoundStep | None:
        """The first step whose messages could not be seen: nothing is worth doing then."""
        failure_of = self.execution.armed.failure_of
        return next((step for step in self.bound.steps if failure_of(step, self.context)), None)

    async def _run(self, bound: BoundStep) -> StepResult:
        step = bound.step
        self.session.emit(
            StepStarted(
                run_id=self.run.id,
                step_id=step.id,
                name=step.name,
                element=bound.element,
                visit=bound.visit,
                kind=step.kind,
                channel=self.execution.channel_of(step),
                at=timestamp(),
            )
        )
        clock = asyncio.get_running_loop().time
        began = clock()
        result = await self.execution.run(bound)
        await self.execution.armed.arm_known(self.context)
        return self._tell(replace(result, duration_ms=(clock() - began) * 1000))

    def _skip(self, bound: BoundStep, why: str) -> None:
        result = step_result(
            bound, Outcome(attempts=0), channel=self.execution.channel_of(bound.step)
        )
        self._tell(replace(result, status=StepStatus.SKIPPED, skip_reason=why))

    def _tell(self, result: StepResult) -> StepResult:
        masked = self.session.environment.mask_result(result)
        self.results.append(masked)
        self.session.emit(StepFinished(run_id=self.run.id, step=masked, at=timestamp()))
        return masked

    def finish(self, status: RunStatus) -> TestRun:
        at = timestamp()
        final = replace(self.run, status=status, finished_at=at)
        self.session.emit(RunFinished(run=final, at=at))
        return replace(final, steps=tuple(self.results))
