"""Runs one bound scenario: arm, act, await; tells of everything by events."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from pytest_orchestra.engine.arming import ARM_WITHIN, Armed
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.execution import Execution
from pytest_orchestra.engine.scaling import scaled
from pytest_orchestra.engine.session import EngineSession, timestamp
from pytest_orchestra.engine.takeover import Takeover
from pytest_orchestra.engine.walking import Walk
from pytest_orchestra.results import RunStarted, RunStatus, TestRun
from pytest_orchestra.suite.bound import BoundScenario, BoundSuite, RunMode


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
    walk = Walk(session=session, run=run, execution=execution, scenario=bound, takeover=takeover)
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
        fingerprint=bound.fingerprint,
    )
