"""Takes down what the steps of a run leave, for a run that goes on where it stood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pytest_orchestra.engine.execution import Execution
from pytest_orchestra.engine.saving import SavedContext, StepRecord, fingerprint
from pytest_orchestra.engine.session import EngineSession
from pytest_orchestra.engine.telling import masked
from pytest_orchestra.flow.lock import signature
from pytest_orchestra.results import TestRun
from pytest_orchestra.suite.bound import BoundScenario, BoundStep
from pytest_orchestra.suite.expectations import EVERY_RESULT


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Of one run.

    Attributes:
        records: by the step's index on the way; at first what an earlier run left.
    """

    session: EngineSession
    scenario: BoundScenario
    execution: Execution
    records: dict[int, StepRecord] = field(default_factory=dict)

    def record(self, index: int, bound: BoundStep) -> None:
        """Take down what a step that ran delivered and used up."""
        context, alias = self.execution.context, bound.step.alias
        failed = alias in context.undelivered
        every = context.step_values.get(alias, {}) if alias is not None else {}
        values = {name: held for name, held in every.items() if name != EVERY_RESULT}
        spent = self.execution.spent.get(bound.step.id, ())
        self.records[index] = replace(
            self._unknown(bound),
            values=None if failed and not values else values,
            failed=failed,
            spent=tuple(sorted(spent)),
        )

    def keep(self, run: TestRun, at: str, hidden: set[str]) -> None:
        """Give what a later run may take over, masked; ``hidden`` as of ``masked``."""
        if self.session.keep is None:
            return
        steps = [
            self.records.get(index) or self._unknown(bound)
            for index, bound in enumerate(self.scenario.steps)
        ]
        mask = self.session.environment.mask
        shown: Any = masked([each.values for each in steps], mask=mask, hidden=hidden)
        armed = self.execution.armed
        saved = SavedContext(
            session_id=self.session.id,
            run_id=run.id,
            suite_file=run.suite_file,
            process_id=run.process_id,
            scenario=run.scenario,
            data_set=run.data_set,
            environment=run.environment,
            signature=signature(self.scenario.scenario),
            at=at,
            steps=tuple(
                replace(each, values=values) for each, values in zip(steps, shown, strict=True)
            ),
            positions={**armed.restored, **armed.kept},
        )
        self.session.keep(saved)

    def _unknown(self, bound: BoundStep) -> StepRecord:
        return StepRecord(
            step_id=bound.step.id,
            element=bound.element,
            visit=bound.visit,
            fingerprint=fingerprint(bound, self.execution.context.data),
        )
