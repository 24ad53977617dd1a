"""Runs one bound scenario: arm, act, await; tells of everything by events."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.arming import Armed
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.execution import Execution
from pytest_orchestra.engine.outcome import NOT_RUN, Outcome, cut
from pytest_orchestra.engine.rendering import references
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.engine.telling import step_result
from pytest_orchestra.errors import OrchestraError
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

    The ``finally`` steps run whatever became of the others, and fail the run, too.

    Raises:
        asyncio.CancelledError: the run was cut; the step that ran, the ``finally`` steps and a
            RunFinished with CANCELLED were told. So they are before anything else that ends the
            run, but for what ends a run in which a step had failed: it stays failed.
    """
    run = _new_run(session, suite, bound, mode, context.run_id)
    session.emit(RunStarted(run=run, at=run.started_at))
    execution = Execution(
        session=session,
        context=context,
        armed=Armed(session.clients),
        fixtures=fixtures or {},
    )
    walk = _Walk(session=session, run=run, execution=execution)
    cut: BaseException | None = None
    try:
        await walk.through(bound, stops=mode is not RunMode.RUN_ALL_STEPS)
    except BaseException as error:  # noqa: BLE001 - it is raised again
        cut = error
        walk.leave_out(bound, error)
    try:
        if bound.cleanup and not isinstance(cut, GeneratorExit):  # then the loop is gone
            cut = await walk.clean_up(bound.cleanup, cut)
    except BaseException:
        walk.finish(RunStatus.CANCELLED)
        raise
    if cut is not None and not (walk.has_failed and isinstance(cut, session.signals.ends)):
        walk.finish(RunStatus.CANCELLED)
        raise cut
    return walk.finish(RunStatus.FAILED if walk.has_failed else RunStatus.PASSED)


def new_context(session: EngineSession, suite: BoundSuite, bound: BoundScenario) -> RunContext:
    """What a run of the scenario knows before its first step; every one has its own run id."""
    return RunContext(
        run_id=str(uuid.uuid4()),
        session_id=session.id,
        worker=session.worker,
        data=bound.data.values if bound.data else {},
        variables=session.environment.variables,
        read_file=session.files_beside(suite.file).read,
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
        data_reason=bound.data_reason,
        started_at=timestamp(),
        spec_versions=suite.spec_versions,
        bound=f"bound {with_step} of {activities} tasks",
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of one run.

    Attributes:
        hidden: texts that stood under secret keys; they are none of anybody's business elsewhere.
    """

    session: EngineSession
    run: TestRun
    execution: Execution
    results: list[StepResult] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    @property
    def has_failed(self) -> bool:
        return any(result.status is StepStatus.FAILED for result in self.results)

    async def through(self, scenario: BoundScenario, *, stops: bool) -> None:
        """Execute all steps; with ``stops`` none after a failure, nor if a later one must fail."""
        armed, context = self.execution.armed, self.execution.context
        steps = scenario.steps
        await armed.begin(scenario.all_steps, context)
        for index, bound in enumerate(steps):
            if stops and (unwatchable := armed.unwatchable(steps[index:])) is not None:
                self._give_up(steps[index:], *unwatchable)
                return
            if self._lacks(bound):
                continue
            result = await self._run(bound)
            if stops and result.status is StepStatus.FAILED:
                for later in steps[index + 1 :]:
                    self._skip(later, f"step {result.name!r} failed before")
                return
            await armed.arm_known(context)

    async def clean_up(
        self, steps: tuple[BoundStep, ...], cut: BaseException | None
    ) -> BaseException | None:
        """Execute the ``finally`` steps, each whatever became of the ones before.

        Args:
            steps: of ``finally``.
            cut: what ended the run before its last step; then all of them have one deadline.

        Returns:
            What cut the run, before or now.

        Raises:
            BaseException: a second thing that cut it: nothing more is done.
        """
        clock = asyncio.get_running_loop().time
        limit = self.session.finally_within
        end = math.inf if cut is None else clock() + limit
        for bound in steps:
            if cut is not None and _is_cut_again():
                raise cut
            if self._lacks(bound):
                continue
            if clock() >= end:
                self._skip(bound, f"the {limit:g} s of the finally steps were over")
                continue
            try:
                await self._run(bound, within=end - clock())
            except BaseException as error:
                if cut is not None:
                    raise
                cut, end = error, clock() + limit
        return cut

    def _lacks(self, bound: BoundStep) -> bool:
        """Skip a step that needs what an earlier one did not deliver."""
        context = self.execution.context
        lacking = context.missing(references(bound.step)) if context.undelivered else None
        if lacking is None:
            return False
        self._skip(bound, f"it needs what step {lacking} did not deliver")
        return True

    async def _run(self, bound: BoundStep, *, within: float = math.inf) -> StepResult:
        self._start(bound)
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            if within < math.inf:
                limit = self.session.finally_within
                outcome = await self.execution.run_within(bound, within, limit=limit)
            else:
                outcome = await self.execution.run(bound)
        except BaseException as error:
            signals = self.session.signals
            ends = isinstance(error, (*signals.ends, *signals.exits))
            reason = f"{type(error).__name__}: {error}" if ends else ""
            self._withhold(bound)
            self._tell(bound, cut(error), duration=clock() - began, skipped=reason)
            raise
        return self._tell(bound, outcome, duration=clock() - began)

    def _give_up(
        self, steps: tuple[BoundStep, ...], unwatchable: BoundStep, error: OrchestraError
    ) -> None:
        """Do nothing more: what would be done could not be judged."""
        for bound in steps:
            if bound is unwatchable:
                self._start(bound)
                self._tell(bound, self.execution.unwatched(bound, error))
            else:
                self._skip(bound, f"step {unwatchable.step.name!r} cannot be watched")

    def leave_out(self, scenario: BoundScenario, error: BaseException) -> None:
        """Forget the steps that did not run; in a run that stays failed they are told of."""
        is_told = self.has_failed and isinstance(error, self.session.signals.ends)
        for bound in scenario.steps[len(self.results) :]:
            if is_told:
                self._skip(bound, f"the run was ended before: {type(error).__name__}: {error}")
            else:
                self._withhold(bound)

    def _withhold(self, bound: BoundStep) -> None:
        if bound.step.alias is not None:
            self.execution.context.withhold(bound.step.alias, bound.step.name)

    def _skip(self, bound: BoundStep, why: str) -> None:
        self._withhold(bound)
        self._tell(bound, NOT_RUN, skipped=why)

    def _start(self, bound: BoundStep) -> None:
        step = bound.step
        self.session.emit(
            StepStarted(
                run_id=self.run.id,
                step_id=step.id,
                name=step.name,
                element=bound.element,
                visit=bound.visit,
                kind=step.kind,
                is_finally=bound.is_finally,
                channel=self.execution.channel_of(step),
                at=timestamp(),
            )
        )

    def _tell(
        self, bound: BoundStep, outcome: Outcome, *, duration: float = 0.0, skipped: str = ""
    ) -> StepResult:
        result = step_result(
            bound,
            outcome,
            channel=self.execution.channel_of(bound.step),
            mask=self.session.environment.mask,
            hidden=self.hidden,
            duration=duration,
            skipped=skipped,
        )
        self.results.append(result)
        self.session.emit(StepFinished(run_id=self.run.id, step=result, at=timestamp()))
        return result

    def finish(self, status: RunStatus) -> TestRun:
        """Tell that the run ended so."""
        at = timestamp()
        final = replace(self.run, status=status, finished_at=at)
        self.session.emit(RunFinished(run=final, at=at))
        return replace(final, steps=tuple(self.results))


def _is_cut_again() -> bool:
    """Whether nothing may be begun any more: the user asked twice to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 1
