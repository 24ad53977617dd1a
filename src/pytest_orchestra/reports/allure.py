"""Steps and attachments of a run in Allure results; knows allure_commons and results alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from allure_commons.model2 import (
    Label,
    Parameter,
    Status,
    StatusDetails,
    TestStepResult,
)
from allure_commons.reporter import AllureReporter
from allure_commons.types import AttachmentType
from allure_commons.utils import md5, now, uuid4

from pytest_orchestra.results import (
    RunEvent,
    RunStarted,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    ViolationType,
)

_PARTS = {
    "request": "request",
    "response_body": "response",
    "response_headers": "response headers",
    "db_result": "row",
    "kafka_message": "message",
    "queue_message": "message",
}


@dataclass(slots=True)
class AllureListener:
    """Turns events into Allure steps under the test that is running.

    Attributes:
        reporter: the one that allure-pytest writes with.
        encode: a JSON-like value as JSON text.
    """

    reporter: AllureReporter
    encode: Callable[[object], str]
    _steps: dict[str, str] = field(default_factory=dict)

    def tell(self, event: RunEvent) -> None:
        """Take one event."""
        if isinstance(event, RunStarted):
            self._describe(event)
        elif isinstance(event, StepStarted):
            self._start(event)
        elif isinstance(event, StepFinished):
            self._stop(event)

    def _describe(self, event: RunStarted) -> None:
        """Identify the test by suite, process and item, whatever folder pytest was called from."""
        test = self.reporter.get_test(None)
        if test is None:
            return
        run = event.run
        test.testCaseId = md5(run.suite, run.process_id, run.scenario)
        test.historyId = md5(run.suite, run.process_id, run.scenario, run.data_set or "")
        test.labels.append(Label(name="feature", value=run.suite))
        if run.data_set:
            test.parameters.append(Parameter(name="data", value=run.data_set))
        test.parameters.append(Parameter(name="environment", value=run.environment, excluded=True))
        test.parameters.append(Parameter(name="run", value=run.id, excluded=True))

    def _start(self, event: StepStarted) -> None:
        test = self.reporter.get_test(None)
        if test is None:
            return
        uuid = uuid4()
        self._steps[event.run_id] = uuid
        self.reporter.start_step(test.uuid, uuid, TestStepResult(name=event.name, start=now()))

    def _stop(self, event: StepFinished) -> None:
        uuid = self._steps.pop(event.run_id, None)
        if uuid is None:  # a skipped step never began
            test = self.reporter.get_test(None)
            if test is None:
                return
            uuid = uuid4()
            step = TestStepResult(name=event.step.name, start=now())
            self.reporter.start_step(test.uuid, uuid, step)
        self._attach(event.step, uuid)
        self.reporter.stop_step(uuid, stop=now(), **_verdict(event.step))

    def _attach(self, step: StepResult, parent: str) -> None:
        for name, title in _PARTS.items():
            value = getattr(step.evidence, name)
            if value is not None:
                self.reporter.attach_data(
                    uuid4(),
                    value if isinstance(value, str) else self.encode(value),
                    name=title,
                    attachment_type=AttachmentType.TEXT
                    if isinstance(value, str)
                    else AttachmentType.JSON,
                    parent_uuid=parent,
                )
        if step.notes or step.reproduce:
            lines = [*step.notes, *([f"by hand: {step.reproduce}"] if step.reproduce else [])]
            self.reporter.attach_data(
                uuid4(),
                "\n".join(lines),
                name="what was seen",
                attachment_type=AttachmentType.TEXT,
                parent_uuid=parent,
            )


def _verdict(step: StepResult) -> Mapping[str, object]:
    ours = {ViolationType.VALIDATION_ERROR}
    if step.status is StepStatus.PASSED:
        status = Status.PASSED
    elif step.status is StepStatus.SKIPPED:
        status = Status.SKIPPED
    elif all(violation.type in ours for violation in step.violations):
        status = Status.BROKEN
    else:
        status = Status.FAILED
    lines = [f"{violation.type.value}: {violation.message}" for violation in step.violations]
    parameters = {"element": step.place, "visit": step.visit, "channel": step.channel}
    return {
        "status": status,
        "statusDetails": StatusDetails(message=step.skip_reason or "\n".join(lines)),
        "parameters": [
            Parameter(name=name, value=str(value)) for name, value in parameters.items()
        ],
    }
