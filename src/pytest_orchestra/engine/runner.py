"""Runs one bound scenario: arm, act, await; tells of everything by events."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.arming import ARM_WITHIN, Armed
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.execution import Execution
from pytest_orchestra.engine.outcome import NOT_RUN, Outcome, cut
from pytest_orchestra.engine.recording import Recorder
from pytest_orchestra.engine.rendering import references
from pytest_orchestra.engine.scaling import scaled
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.engine.takeover import Takeover
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
    takeover: Takeover | None = None,
) -> TestRun:
    """Run the scenario's steps in order and give the finished run, masked.

    Args:
        session: open on the running loop.
        suite: the suite that ``bound`` belongs to.
        bound: its scenario.
        context: new, by ``new_context``; it may be looked at while and after the run.
        mode: whether to go on after a failure.
        fixtures: values for the Python steps, by name.
        takeover: the run that SINGLE_STEP or FROM_STEP goes on with.

    The ``finally`` steps run whatever became of the others, and fail the run, too.

    Raises:
        asyncio.CancelledError: the run was cut; the step that ran, the ``finally`` steps and a
            RunFinished with CANCELLED were told. So they are before anything else that ends the
            run, but for what ends a run in which a step had failed: it stays failed.
    """
    bound = scaled(bound, session.time_scale)
    run = _new_run(session, suite, bound, mode, context.run_id)
    if takeover is not None:
        run = replace(run, taken_over=takeover.saved.source)
        takeover.fill(context, bound.steps)
    session.emit(RunStarted(run=run, at=run.started_at))
    execution = Execution(
        session=session,
        context=context,
        armed=Armed(
            session.clients,
            takeover.positions if takeover is not None else {},
            ARM_WITHIN * session.time_scale,
        ),
        fixtures=fixtures or {},
        spent=takeover.spent if takeover is not None else {},
    )
    walk = _Walk(session=session, run=run, execution=execution, scenario=bound, takeover=takeover)
    cut: BaseException | None = None
    try:
        await walk.through(stops=mode is not RunMode.RUN_ALL_STEPS)
    except BaseException as error:  # noqa: BLE001 - it is raised again
        cut = error
        walk.leave_out(error)
    try:
        if not isinstance(cut, GeneratorExit):  # then the loop is gone
            cut = await walk.clean_up(cut)
    except BaseException:
        walk.finish(RunStatus.CANCELLED)
        raise
    if cut is not None and not (walk.has_failed and isinstance(cut, session.signals.ends)):
        walk.finish(RunStatus.CANCELLED)
        raise cut
    return walk.finish(RunStatus.FAILED if walk.has_failed else RunStatus.PASSED)


def new_context(
    session: EngineSession,
    suite: BoundSuite,
    bound: BoundScenario,
    takeover: Takeover | None = None,
) -> RunContext:
    """What a run of the scenario knows before its first step.

    Every one has its own run id, but for one that goes on where another stood.
    """
    return RunContext(
        run_id=takeover.saved.run_id if takeover is not None else str(uuid.uuid4()),
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
    scenario: BoundScenario
    takeover: Takeover | None = None
    results: list[StepResult] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what the run that is taken over left."""
        self.recorder = Recorder(
            session=self.session,
            scenario=self.scenario,
            execution=self.execution,
            records=dict(self.takeover.records) if self.takeover is not None else {},
        )

    @property
    def has_failed(self) -> bool:
        return any(result.status is StepStatus.FAILED for result in self.results)

    async def through(self, *, stops: bool) -> None:
        """Execute all steps; with ``stops`` none after a failure, nor if a later one must fail."""
        armed, context = self.execution.armed, self.execution.context
        steps, left_out = self.scenario.steps, self._left_out()
        cleanup = self.scenario.cleanup if self._cleans_up else ()
        runs = [each for index, each in enumerate(steps) if index not in left_out]
        await armed.begin((*runs, *cleanup), context)
        for index, bound in enumerate(steps):
            if index in left_out:
                self._tell(bound, NOT_RUN, skipped=left_out[index])
                continue
            if stops and (unwatchable := armed.unwatchable(steps[index:])) is not None:
                self._give_up(steps[index:], *unwatchable)
                return
            if self._lacks(bound):
                continue
            result = await self._run(bound)
            self.recorder.record(index, bound)
            if stops and result.status is StepStatus.FAILED:
                for later in steps[index + 1 :]:
                    self._skip(later, f"step {result.name!r} failed before")
                return
            await armed.arm_known(context)

    def _left_out(self) -> Mapping[int, str]:
        """Which steps do not run, and why: they are not asked for."""
        if (takeover := self.takeover) is None:
            return {}
        before = f"taken over of {takeover.saved.source}"
        others = set(range(len(self.scenario.steps))) - takeover.runs
        return {
            index: before if index < takeover.start else "another step was asked for"
            for index in others
        }

    @property
    def _cleans_up(self) -> bool:
        return self.takeover is None or self.takeover.cleans_up

    async def clean_up(self, cut: BaseException | None) -> BaseException | None:
        """Execute the ``finally`` steps, each whatever became of the ones before.

        Args:
            cut: what ended the run before its last step; then all of them have one deadline.

        Returns:
            What cut the run, before or now.

        Raises:
            BaseException: a second thing that cut it: nothing more is done.
        """
        if not (self.scenario.cleanup and self._cleans_up):
            return cut
        clock = asyncio.get_running_loop().time
        limit = self.session.finally_within
        end = math.inf if cut is None else clock() + limit
        for bound in self.scenario.cleanup:
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

    def leave_out(self, error: BaseException) -> None:
        """Forget the steps that did not run; in a run that stays failed they are told of."""
        is_told = self.has_failed and isinstance(error, self.session.signals.ends)
        for bound in self.scenario.steps[len(self.results) :]:
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
        self.recorder.keep(self.run, at, self.hidden)
        return replace(final, steps=tuple(self.results))


def _is_cut_again() -> bool:
    """Whether nothing may be begun any more: the user asked twice to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 1
