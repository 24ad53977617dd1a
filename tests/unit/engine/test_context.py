"""What a run knows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import pytest

from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.expressions.expressions import compile_expression


def read_file(path: str, names: Mapping[str, object]) -> object:
    return f"{path} at visit {names['visit']}"


@pytest.fixture
def context() -> RunContext:
    """Of a run without any step so far."""
    return RunContext(
        run_id="r-1",
        session_id="s-1",
        worker="gw0",
        data={"amount": 5},
        variables={"region": "eu"},
        read_file=read_file,
    )


def value(context: RunContext, text: str, visit: int = 1) -> object:
    return compile_expression(text).evaluate(context.names(visit, {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data.amount", 5),
        ("visit", 3),
        ("vars.region", "eu"),
        ("run.id", "r-1"),
        ("run.worker", "gw0"),
        ("session.id", "s-1"),
        ("file('x.txt')", "x.txt at visit 3"),
    ],
)
def test_names_that_templates_may_use(context: RunContext, text: str, expected: object) -> None:
    """Data, variables, the run, the session, files."""
    assert value(context, text, visit=3) == expected


def test_ids_and_instants_are_new_each_time(context: RunContext) -> None:
    """As text."""
    one, other = value(context, "uuid()"), value(context, "uuid()")
    assert one != other
    assert str(uuid.UUID(str(one))) == one
    now = dt.datetime.fromisoformat(str(value(context, "now()")))
    assert abs(dt.datetime.now(dt.UTC) - now) < dt.timedelta(minutes=1)


def test_a_step_gives_its_latest_result_and_every_one(context: RunContext) -> None:
    """By its alias."""
    context.deliver("pay", {"id": 1})
    context.deliver("pay", {"id": 2})
    assert value(context, "step.pay.id") == 2
    assert value(context, "step.pay.all") == [{"id": 1}, {"id": 2}]


def missing(context: RunContext, *texts: str) -> str | None:
    return context.missing(
        [reference for text in texts for reference in compile_expression(text).references]
    )


@pytest.mark.parametrize(
    "text", ["step.pay.id", "step.pay", "step.pay.all", "step.pay.all[0].id", "step.pay['id']"]
)
def test_what_a_failed_step_did_not_deliver_is_missing(context: RunContext, text: str) -> None:
    """With the step's alias and name."""
    context.withhold("pay", "The customer pays")
    assert missing(context, "data.amount", text) == "'pay' (The customer pays)"


def test_what_a_failed_step_delivered_all_the_same_is_not_missing(context: RunContext) -> None:
    """Its reply may be wrong and still have what others need."""
    context.deliver("pay", {"id": 1}, failed="The customer pays")
    assert missing(context, "step.pay.id", "step.pay") is None
    assert missing(context, "step.pay.total") == "'pay' (The customer pays)"
    assert missing(context, "step.pay.all") == "'pay' (The customer pays)"


def test_an_earlier_visit_does_not_stand_in(context: RunContext) -> None:
    """Its value is not the latest."""
    context.deliver("pay", {"id": 1})
    context.withhold("pay", "The customer pays")
    assert missing(context, "step.pay.id") == "'pay' (The customer pays)"
    assert context.step_values["pay"] == {"all": [{"id": 1}]}
    context.deliver("pay", {"id": 3})
    assert missing(context, "step.pay.id") is None
    assert value(context, "step.pay.all") == [{"id": 1}, {"id": 3}]


@pytest.mark.parametrize(
    "text", ["data.other", "step.ship.id", "step.pay.id | default(0)", "step.pay.id is defined"]
)
def test_what_nobody_withheld_is_not_missing(context: RunContext, text: str) -> None:
    """An undefined name is an error of its own; what may be absent may be absent."""
    context.withhold("pay", "The customer pays")
    assert missing(context, text) is None
