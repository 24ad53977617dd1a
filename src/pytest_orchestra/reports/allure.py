"""Steps and attachments of a run in Allure results; knows allure_commons and results alone."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from allure_commons.model2 import (
    Label,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
    TestStepResult,
)
from allure_commons.reporter import AllureReporter
from allure_commons.types import AttachmentType, LabelType
from allure_commons.utils import md5, uuid4

from pytest_orchestra.results import (
    RunEvent,
    RunFinished,
    RunOverruled,
    RunStarted,
    SessionFinished,
    SessionStarted,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
    ViolationType,
)

_PARTS = {
    "request": "request",
    "response_headers": "response headers",
    "response_body": "response",
    "db_result": "row",
    "kafka_message": "message",
    "queue_message": "message",
}


def _to_stderr(text: str) -> None:
    """Where people look if nobody says where to complain."""
    print(text, file=sys.__stderr__)


@dataclass(slots=True)
class AllureListener:
    """Turns events into Allure steps under the test that was running when its run began.

    A report that cannot be written stops no run: that is told once.

    Attributes:
        reporter: the one that allure-pytest writes with.
        encode: a JSON-like value as JSON text.
        complain: is given the text that says what went wrong.
    """

    reporter: AllureReporter
    encode: Callable[[object], str]
    complain: Callable[[str], None] = _to_stderr
    _tests: dict[str, str] = field(default_factory=dict)
    _steps: dict[str, dict[int, str]] = field(default_factory=dict)
    _shown: dict[str, dict[int, TestStepResult]] = field(default_factory=dict)
    _has_complained: bool = False

    def tell(self, event: RunEvent) -> None:
        """Take one event."""
        try:
            self._take(event)
        except Exception as error:  # noqa: BLE001 - a report must not stop a run
            if not self._has_complained:
                self._has_complained = True
                reason = f"{type(error).__name__}: {error}"
                self.complain(f"Allure results are not complete: {reason}; the run goes on")

    def _take(self, event: RunEvent) -> None:
        match event:
            case RunStarted():
                self._describe(event.run)
            case StepStarted():
                self._start(event.run_id, event, event.at)
            case StepFinished():
                self._stop(event)
            case RunFinished():
                self._sort(event.run.id)
                self._tests.pop(event.run.id, None)
                self._steps.pop(event.run.id, None)
            case SessionStarted() | SessionFinished() | RunOverruled():
                pass  # what pytest says of a test, allure-pytest tells
            case _:
                assert_never(event)

    def _describe(self, run: TestRun) -> None:
        """Identify the test by its file, process and scenario, so that its history stays one.

        allure-pytest makes the history's id of the full name and the parameters.
        """
        test = self.reporter.get_test(None)
        if not isinstance(test, TestResult):
            return
        self._tests[run.id] = test.uuid
        file = (test.fullName or run.suite).rpartition("#")[0] or run.suite
        test.fullName = f"{file}#{run.process_id}.{run.scenario}"
        test.testCaseId = md5(test.fullName)
        test.historyId = md5(test.fullName, *([run.data_set] if run.data_set else []))
        test.labels.append(Label(name=LabelType.FEATURE, value=run.suite))
        if run.data_set:
            test.parameters.append(Parameter(name="data", value=run.data_set))
        for name, value in (("environment", run.environment), ("run", run.id)):
            if value:
                test.parameters.append(Parameter(name=name, value=value, excluded=True))

    def _start(self, run_id: str, step: StepStarted | StepResult, at: str) -> str | None:
        test = self._tests.get(run_id)
        if test is None or self.reporter.get_test(test) is None:
            return None
        uuid: str = uuid4()
        shown = TestStepResult(name=_title(step), start=_milliseconds(at))
        self._steps.setdefault(run_id, {})[step.number] = uuid
        self._shown.setdefault(run_id, {})[step.number] = shown
        self.reporter.start_step(test, uuid, shown)
        return uuid

    def _sort(self, run_id: str) -> None:
        """Put the steps of branches that ran at once into the order of the way."""
        shown = self._shown.pop(run_id, {})
        test = self.reporter.get_test(self._tests[run_id]) if shown else None
        if test is None or sorted(shown) == list(shown):
            return
        own = {id(step) for step in shown.values()}
        ordered = (shown[number] for number in sorted(shown))
        test.steps[:] = [next(ordered) if id(step) in own else step for step in test.steps]

    def _stop(self, event: StepFinished) -> None:
        """End the step; one that was skipped never began."""
        number = event.step.number
        uuid = self._steps.get(event.run_id, {}).get(number)
        uuid = uuid or self._start(event.run_id, event.step, event.at)
        if uuid is None:
            return
        del self._steps[event.run_id][number]
        parameters = {
            "element": event.step.place,
            "visit": event.step.visit,
            "channel": event.step.channel,
        }
        if event.step.retries:
            parameters["tries"] = event.step.retries + 1
        if event.step.status is StepStatus.FLAKY:
            self._tag(event.run_id, "flaky")
        self.reporter.get_item(uuid).parameters.extend(
            Parameter(name=name, value=str(value)) for name, value in parameters.items()
        )
        try:
            self._attach(event.step, uuid)
        finally:
            self.reporter.stop_step(uuid, stop=_milliseconds(event.at), **_verdict(event.step))

    def _tag(self, run_id: str, tag: str) -> None:
        labels = self.reporter.get_test(self._tests[run_id]).labels
        if tag not in {label.value for label in labels}:
            labels.append(Label(name=LabelType.TAG, value=tag))

    def _attach(self, step: StepResult, parent: str) -> None:
        for name, title in _PARTS.items():
            value = getattr(step.evidence, name)
            if value is not None:
                self._attach_value(title, value, parent)
        if lines := [*step.notes, *([f"by hand: {step.reproduce}"] if step.reproduce else [])]:
            self._attach_value("what was seen", "\n".join(lines), parent)
        if step.saved:
            self._attach_value("saved", step.saved, parent)

    def _attach_value(self, title: str, value: object, parent: str) -> None:
        is_text = isinstance(value, str)
        text = value if isinstance(value, str) else self.encode(value)
        self.reporter.attach_data(
            uuid4(),
            text.encode("utf-8", "backslashreplace"),
            name=title,
            attachment_type=AttachmentType.TEXT if is_text else AttachmentType.JSON,
            parent_uuid=parent,
        )


def date_test(reporter: AllureReporter, began: float, ended: float) -> None:
    """Say when the test at hand really was; seconds since the epoch."""
    test = reporter.get_test(None)
    if isinstance(test, TestResult):
        test.start, test.stop = round(began * 1000), round(ended * 1000)


def _milliseconds(at: str) -> int:
    return round(dt.datetime.fromisoformat(at).timestamp() * 1000)


def _title(step: StepStarted | StepResult) -> str:
    return f"finally: {step.name}" if step.is_finally else step.name


def _verdict(step: StepResult) -> Mapping[str, object]:
    """What ``stop_step`` sets: mistakes of the test are broken, those of the system failed."""
    lines = [f"{each.type.value}: {each.message}" for each in step.violations]
    details = StatusDetails(message=step.skip_reason or "\n".join(lines) or None)
    details.flaky = step.status is StepStatus.FLAKY or None
    return {"status": _status(step), "statusDetails": details}


def _status(step: StepResult) -> str:
    match step.status:
        case StepStatus.PASSED | StepStatus.FLAKY:
            return str(Status.PASSED)
        case StepStatus.SKIPPED | StepStatus.PENDING | StepStatus.RUNNING:
            return str(Status.SKIPPED)
        case StepStatus.FAILED:
            ours = all(each.type is ViolationType.VALIDATION_ERROR for each in step.violations)
            return str(Status.BROKEN if ours else Status.FAILED)
        case _:
            assert_never(step.status)
