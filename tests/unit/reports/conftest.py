"""Results made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.results import (
    Evidence,
    RunStatus,
    StepKind,
    StepResult,
    StepStatus,
    TestRun,
    Violation,
    ViolationType,
)

PLACED = StepResult(
    step_id="place",
    name="The customer places an order",
    kind=StepKind.ACTION,
    channel="HTTP_REST",
    element="Task_1",
    place="Place order",
    visit=1,
    status=StepStatus.PASSED,
    definition="order.suite.yaml:12:5",
    attempts=1,
    within=10.0,
    duration_ms=12.5,
)

RUN = TestRun(
    id="5f3c",
    suite="Orders",
    suite_file="/shop/order.suite.yaml",
    process_id="order",
    scenario="amount-high",
    item="amount-high[vip]",
    status=RunStatus.FAILED,
    mode="STOP_ON_FIRST_FAILURE",
    environment="staging",
    data_set="vip",
    bound="bound 5 of 7 tasks",
)


@pytest.fixture
def step() -> Callable[..., StepResult]:
    """Make a step that passed, or differs so from it; ``failed`` are its violations."""

    def make(*failed: Violation, **fields: object) -> StepResult:
        if failed:
            fields = {"status": StepStatus.FAILED, "violations": failed, **fields}
        return replace(PLACED, **fields)  # type: ignore[arg-type]  # the test's own fields

    return make


@pytest.fixture
def run() -> Callable[..., TestRun]:
    """Make a failed run of these steps."""

    def make(*steps: StepResult, **fields: object) -> TestRun:
        return replace(RUN, steps=steps, **fields)  # type: ignore[arg-type]  # the test's own

    return make


@pytest.fixture
def violation() -> Callable[..., Violation]:
    """Make a violation of a type."""

    def make(kind: str, message: str, code: str = "some.code") -> Violation:
        return Violation(type=ViolationType(kind), code=code, message=message)

    return make


@pytest.fixture
def evidence() -> Evidence:
    """What an HTTP step saw."""
    return Evidence(
        request={"method": "POST", "url": "http://shop/orders"},
        actual_status_code=201,
        response_headers={"content-type": "application/json"},
        response_body={"id": 7},
    )
