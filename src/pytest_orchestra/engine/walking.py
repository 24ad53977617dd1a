"""Walks a bound scenario's steps in order, then its finally steps, and tells of each by events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.branches import Branches
from pytest_orchestra.engine.execution import Execution
from pytest_orchestra.engine.grace import Grace, is_cut_again
from pytest_orchestra.engine.outcome import NOT_RUN, Outcome, cut
from pytest_orchestra.engine.recording import Recorder
from pytest_orchestra.engine.rendering import references
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.engine.stalls import own_clock
from pytest_orchestra.engine.takeover import Takeover
from pytest_orchestra.engine.telling import step_result
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.results import (
    RunFinished,
    RunStatus,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
)
from pytest_orchestra.suite.bound import BoundScenario, BoundStep


@dataclass(slots=True, kw_only=True)
class Walk:
    """Of one run, with its state.

    Attributes:
        results: by the id of the bound step's object, in the order in which they were told.
        hidden: texts that stood under secret keys; they are none of anybody's business elsewhere.
    """

    session: EngineSession
    run: TestRun
    execution: Execution
    scenario: BoundScenario
    takeover: Takeover | None = None
    results: dict[int, StepResult] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    recorder: Recorder = field(init=False)
    _numbers: Mapping[int, int] = field(init=False)
    _ended: BaseException | None = None

    def __post_init__(self) -> None:
        """Begin with what the run that is taken over left."""
        every = enumerate(self.scenario.all_steps, start=1)
        self._numbers = {id(bound): number for number, bound in every}
        self.recorder = Recorder(
            session=self.session,
            scenario=self.scenario,
            execution=self.execution,
            records=dict(self.takeover.records) if self.takeover is not None else {},
        )

    @property
    def has_failed(self) -> bool:
        """Whether one of the steps so far has."""
        return self._first_failed is not None

    @property
    def _first_failed(self) -> StepResult | None:
        failed = (each for each in self.results.values() if each.status is StepStatus.FAILED)
        return next(failed, None)

    async def through(self, *, stops: bool) -> None:
        """Execute all steps; with ``stops`` none after a failure, nor if a later one must fail."""
        armed, context = self.execution.armed, self.execution.context
        steps, left_out = self.scenario.steps, self._left_out()
        cleanup = self.scenario.cleanup if self._cleans_up else ()
        runs = [each for index, each in enumerate(steps) if index not in left_out]
        await armed.begin((*runs, *cleanup), context)
        if self.scenario.after:
            await self._beside(left_out, stops=stops)
            return
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

    async def _beside(self, left_out: Mapping[int, str], *, stops: bool) -> None:
        """Execute the steps, those of different branches at once."""
        armed, steps = self.execution.armed, self.scenario.steps

        async def work(index: int) -> None:
            bound = steps[index]
            if index in left_out:
                self._tell(bound, NOT_RUN, skipped=left_out[index])
            elif not self._lacks(bound):
                try:
                    await self._run(bound)
                except self._ends as error:
                    self._ended = error
                    raise
                self.recorder.record(index, bound)
                await armed.arm_known(self.execution.context)

        def goes_on(left: Iterable[int]) -> bool:
            if not stops:
                return True
            return not (self.has_failed or armed.unwatchable(steps[index] for index in left))

        branches = Branches(after=self.scenario.after, work=work, goes_on=goes_on)
        await branches.run()
        self._stop_before(tuple(steps[index] for index in branches.left))

    def _stop_before(self, later: tuple[BoundStep, ...]) -> None:
        """Tell of steps that did not begin, after a failure or because one must fail."""
        if (failed := self._first_failed) is not None:
            for bound in later:
                self._skip(bound, f"step {failed.name!r} failed before")
        elif (found := self.execution.armed.unwatchable(later)) is not None:
            self._give_up(later, *found)

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
            cut: what ended the run before its last step; then all of them have one deadline. So
                they have from a first cut on that comes while they run.

        Returns:
            What cut the run, before or now.

        Raises:
            BaseException: a second thing that cut it: nothing more is done.
        """
        if not (self.scenario.cleanup and self._cleans_up):
            return cut
        grace = Grace(self.session.finally_within, asyncio.get_running_loop().time, cut)
        for bound in self.scenario.cleanup:
            if grace.cut is not None and is_cut_again():
                raise grace.cut
            if self._lacks(bound):
                continue
            if grace.is_over:
                self._skip(bound, f"the {grace.limit:g} s of the finally steps were over")
                continue
            try:
                await self._run(bound, grace)
            except BaseException as error:
                if grace.cut is not None:
                    raise
                grace.begin(error)
        return grace.cut

    def _lacks(self, bound: BoundStep) -> bool:
        """Skip a step that needs what an earlier one did not deliver."""
        context = self.execution.context
        lacking = context.missing(references(bound.step)) if context.undelivered else None
        if lacking is None:
            return False
        self._skip(bound, f"it needs what step {lacking} did not deliver")
        return True

    async def _run(self, bound: BoundStep, grace: Grace | None = None) -> StepResult:
        self._start(bound)
        clock = own_clock()
        began = clock()
        try:
            if grace is None:
                outcome = await self.execution.run(bound)
            else:
                outcome = await self.execution.clean_up(bound, grace)
        except BaseException as error:
            self._withhold(bound)
            self._tell(
                bound, cut(error), duration=clock() - began, skipped=self._why_cut(bound, error)
            )
            raise
        return self._tell(bound, outcome, duration=clock() - began)

    def _why_cut(self, bound: BoundStep, error: BaseException) -> str:
        """Why a step that was cut is none that failed; empty: it is one."""
        if isinstance(error, self._ends):
            return f"{type(error).__name__}: {error}"
        if self._ended is None or bound.is_finally:
            return ""
        return f"the run was ended meanwhile: {type(self._ended).__name__}: {self._ended}"

    @property
    def _ends(self) -> tuple[type[BaseException], ...]:
        """By which user code ends more than its step."""
        return (*self.session.signals.ends, *self.session.signals.exits)

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
        for bound in self.scenario.steps:
            if id(bound) in self.results:
                continue
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
                number=self._numbers[id(bound)],
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
            number=self._numbers[id(bound)],
        )
        self.results[id(bound)] = result
        self.session.emit(StepFinished(run_id=self.run.id, step=result, at=timestamp()))
        return result

    def finish(self, status: RunStatus) -> TestRun:
        """Tell that the run ended so."""
        at = timestamp()
        final = replace(self.run, status=status, finished_at=at)
        self.session.emit(RunFinished(run=final, at=at))
        self.recorder.keep(self.run, at, self.hidden)
        steps = sorted(self.results.values(), key=lambda each: each.number)
        return replace(final, steps=tuple(steps))
