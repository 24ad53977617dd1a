"""Runs in Allure results, as allure_commons writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import allure_commons
import pytest
from allure_commons import model2
from allure_commons.logger import AllureFileLogger
from allure_commons.reporter import AllureReporter
from allure_commons.utils import md5, now, uuid4

from pytest_orchestra.reports.allure import AllureListener
from pytest_orchestra.reports.jsonl import to_json
from pytest_orchestra.results import (
    Evidence,
    RunFinished,
    RunStarted,
    SessionFinished,
    SessionStarted,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
    Violation,
)

MakeRun = Callable[..., TestRun]
MakeStep = Callable[..., StepResult]
MakeViolation = Callable[..., Violation]
AT = "2026-11-21T10:00:00.000+00:00"


class Written:
    """Results of tests that were told of runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reporter = AllureReporter()
        self.complaints: list[str] = []
        self.listener = AllureListener(
            self.reporter, encode=to_json, complain=self.complaints.append
        )

    def test(
        self, run: TestRun, *steps: StepResult, full_name: str | None = None
    ) -> dict[str, object]:
        """Run one test and give its result as it was written."""
        uuid = uuid4()
        result = model2.TestResult(name=run.item, uuid=uuid, start=now(), fullName=full_name)
        self.reporter.schedule_test(uuid, result)
        self.tell(run, *steps)
        self.reporter.close_test(uuid)
        found = [json.loads(path.read_text("utf-8")) for path in self.folder.glob("*-result.json")]
        return next(each for each in found if each["uuid"] == uuid)  # type: ignore[no-any-return]

    def tell(self, run: TestRun, *steps: StepResult) -> None:
        """Tell of a run, as the engine does."""
        tell = self.listener.tell
        tell(SessionStarted(session_id="s", worker="main", environment="", mode="", at=AT))
        tell(RunStarted(run=run, at=AT))
        for step in steps:
            if step.status is not StepStatus.SKIPPED:
                tell(started(run, step))
            tell(StepFinished(run_id=run.id, step=step, at=AT))
        tell(RunFinished(run=run, at=AT))
        tell(SessionFinished(session_id="s", worker="main", at=AT))

    def attached(self, step: dict[str, object]) -> dict[str, str]:
        """Names and texts of a step's attachments."""
        return {
            each["name"]: (self.folder / each["source"]).read_text("utf-8")
            for each in step["attachments"]  # type: ignore[attr-defined]
        }


def started(run: TestRun, step: StepResult) -> StepStarted:
    return StepStarted(
        run_id=run.id,
        step_id=step.step_id,
        name=step.name,
        element=step.element,
        visit=step.visit,
        kind=step.kind,
        channel=step.channel,
        at=AT,
        number=step.number,
    )


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    """A folder that results are written to."""
    logger = AllureFileLogger(tmp_path / "results")
    allure_commons.plugin_manager.register(logger)
    yield Written(tmp_path / "results")
    allure_commons.plugin_manager.unregister(logger)


def test_steps_stand_in_their_order_with_their_status(
    written: Written, run: MakeRun, step: MakeStep, violation: MakeViolation
) -> None:
    """Mistakes of the test are broken, those of the system failed."""
    result = written.test(
        run(),
        step(name="passes"),
        step(name="passes at last", status=StepStatus.FLAKY),
        step(violation("HTTP_ERROR", "HTTP 500"), violation("VALIDATION_ERROR", "x"), name="fails"),
        step(violation("VALIDATION_ERROR", "a is undefined"), name="is wrong"),
        step(name="is skipped", status=StepStatus.SKIPPED, skip_reason="'fails' failed before"),
    )
    shown = [
        (each["name"], each["status"], each.get("statusDetails", {}))
        for each in result["steps"]  # type: ignore[attr-defined]
    ]
    assert shown == [
        ("passes", "passed", {}),
        ("passes at last", "passed", {"flaky": True}),
        ("fails", "failed", {"message": "HTTP_ERROR: HTTP 500\nVALIDATION_ERROR: x"}),
        ("is wrong", "broken", {"message": "VALIDATION_ERROR: a is undefined"}),
        ("is skipped", "skipped", {"message": "'fails' failed before"}),
    ]
    assert all(each["start"] <= each["stop"] for each in result["steps"])  # type: ignore[attr-defined]
    assert result["steps"][0]["parameters"] == [  # type: ignore[index]
        {"name": "element", "value": "Place order"},
        {"name": "visit", "value": "1"},
        {"name": "channel", "value": "HTTP_REST"},
    ]
    assert written.complaints == []


def test_what_was_sent_and_seen_is_attached(
    written: Written, run: MakeRun, step: MakeStep, evidence: Evidence
) -> None:
    """To its own step: JSON as JSON, text as text."""
    noted = step(notes=("seen: 3 rows", "closest: a"), reproduce="curl $URL", saved={"id": 7})
    rows = step(evidence=Evidence(db_result={"id": 1}, kafka_message="hello \ud800"))
    result = written.test(run(), step(evidence=evidence), noted, rows)
    http, lines, others = map(written.attached, result["steps"])  # type: ignore[arg-type, var-annotated]
    assert {name: json.loads(text) for name, text in http.items()} == {
        "request": {"method": "POST", "url": "http://shop/orders"},
        "response headers": {"content-type": "application/json"},
        "response": {"id": 7},
    }
    assert lines == {
        "what was seen": "seen: 3 rows\nclosest: a\nby hand: curl $URL",
        "saved": '{\n  "id": 7\n}',
    }
    assert others == {"row": '{\n  "id": 1\n}', "message": "hello \\ud800"}
    types = [each["type"] for each in result["steps"][2]["attachments"]]  # type: ignore[index]
    assert types == ["application/json", "text/plain"]


def test_a_test_is_identified_by_file_process_scenario_and_data(
    written: Written, run: MakeRun
) -> None:
    """Another data set is another history of the same case, another run is not."""
    name = "shop.order.suite.yaml#amount-high[vip]"
    one = written.test(run(), full_name=name)
    again = written.test(run(id="other", environment="local"), full_name=name)
    other = written.test(run(data_set="guest", item="amount-high[guest]"), full_name=name)
    plain = written.test(run(data_set=None, scenario="main"), full_name=name)
    assert one["fullName"] == "shop.order.suite.yaml#order.amount-high"
    assert one["testCaseId"] == md5("shop.order.suite.yaml#order.amount-high")
    assert (again["testCaseId"], again["historyId"]) == (one["testCaseId"], one["historyId"])
    assert other["testCaseId"] == one["testCaseId"]
    assert len({each["historyId"] for each in (one, other, plain)}) == 3
    assert one["labels"] == [{"name": "feature", "value": "Orders"}]
    assert one["parameters"] == [
        {"name": "data", "value": "vip"},
        {"name": "environment", "value": "staging", "excluded": True},
        {"name": "run", "value": "5f3c", "excluded": True},
    ]
    assert "data" not in {each["name"] for each in plain["parameters"]}  # type: ignore[attr-defined]


def test_a_test_without_a_name_is_identified_by_its_suite(written: Written, run: MakeRun) -> None:
    """Whoever made it."""
    assert written.test(run())["fullName"] == "Orders#order.amount-high"


def test_steps_of_two_runs_at_once_stay_apart(
    written: Written, run: MakeRun, step: MakeStep
) -> None:
    """Each goes to the test that was running when its run began."""
    tests = [model2.TestResult(name=name, uuid=uuid4(), start=now()) for name in ("one", "two")]
    runs = [run(id="1"), run(id="2")]
    for test, each in zip(tests, runs, strict=True):
        written.reporter.schedule_test(test.uuid, test)
        written.listener.tell(RunStarted(run=each, at=AT))
    for each in runs:
        written.listener.tell(started(each, step(name=f"step of {each.id}")))
    for each in runs:
        result = step(name=f"step of {each.id}")
        written.listener.tell(StepFinished(run_id=each.id, step=result, at=AT))
    assert [[each.name for each in test.steps] for test in tests] == [["step of 1"], ["step of 2"]]
    for test in tests:
        written.reporter.close_test(test.uuid)


def test_steps_of_branches_stand_in_the_order_of_the_way(
    written: Written, run: MakeRun, step: MakeStep
) -> None:
    """They overlap in time; what others put there stays where it is."""
    test = model2.TestResult(name="one", uuid=uuid4(), start=now())
    written.reporter.schedule_test(test.uuid, test)
    written.listener.tell(RunStarted(run=run(), at=AT))
    first, second, third = (step(name=f"step {n}", number=n) for n in (1, 2, 3))
    for each in (third, first):
        written.listener.tell(started(run(), each))
    test.steps.append(model2.TestStepResult(name="the user's"))
    for each in (third, first, second):
        written.listener.tell(StepFinished(run_id=run().id, step=each, at=AT))
    written.listener.tell(RunFinished(run=run(), at=AT))
    names = [each.name for each in test.steps]
    assert names == ["step 1", "step 2", "the user's", "step 3"]
    assert [each.status for each in test.steps if each.start] == ["passed"] * 3
    written.reporter.close_test(test.uuid)
    assert written.complaints == []


def test_without_a_test_nothing_is_written(written: Written, run: MakeRun, step: MakeStep) -> None:
    """A run that no item asked for."""
    written.tell(run(), step(), step(status=StepStatus.SKIPPED))
    assert list(written.folder.iterdir()) == []
    assert written.complaints == []


def test_a_test_that_has_ended_gets_no_steps(
    written: Written, run: MakeRun, step: MakeStep
) -> None:
    """Its result is written."""
    test = model2.TestResult(name="one", uuid=uuid4(), start=now())
    written.reporter.schedule_test(test.uuid, test)
    written.listener.tell(RunStarted(run=run(), at=AT))
    written.reporter.close_test(test.uuid)
    written.listener.tell(started(run(), step()))
    assert test.steps == []
    assert written.complaints == []


def test_a_report_that_cannot_be_written_stops_nothing(
    written: Written, run: MakeRun, step: MakeStep, evidence: Evidence
) -> None:
    """It is told once; the step is ended all the same."""
    test = model2.TestResult(name="one", uuid=uuid4(), start=now())
    written.reporter.schedule_test(test.uuid, test)
    written.folder.rmdir()
    written.tell(run(), step(evidence=evidence), step(evidence=evidence))
    assert [each.status for each in test.steps] == ["passed", "passed"]
    (complaint,) = written.complaints
    assert complaint.startswith("Allure results are not complete: FileNotFoundError: ")
    assert complaint.endswith("; the run goes on")
    written.folder.mkdir()
    written.reporter.close_test(test.uuid)


def test_without_anybody_to_complain_to_it_goes_to_stderr(
    run: MakeRun, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real one, past any capturing of a test."""

    class Broken(AllureReporter):  # type: ignore[misc]  # allure_commons has no types
        def get_test(self, uuid: str | None) -> None:
            raise OSError(uuid)

    AllureListener(Broken(), encode=to_json).tell(RunStarted(run=run(), at=AT))
    assert "Allure results are not complete: OSError" in capfd.readouterr().err
