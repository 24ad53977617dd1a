"""Suites whose process calls another."""

import re
from collections.abc import Callable

import pytest

ORDER = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="get"/>
    <callActivity id="get" name="Get goods" calledElement="stock"/>
    <boundaryEvent id="gone" name="Sold out" attachedToRef="get">
      <errorEventDefinition errorRef="Gone"/>
    </boundaryEvent>
    <sequenceFlow id="f2" sourceRef="get" targetRef="pack"/>
    <task id="pack" name="Pack"/>
    <sequenceFlow id="f3" sourceRef="gone" targetRef="sorry"/>
    <task id="sorry" name="Say sorry"/>
  </process>
  <error id="Gone" errorCode="gone"/>
</definitions>
"""

STOCK = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="stock" name="Stock">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="look"/>
    <task id="look" name="Look"/>
    <sequenceFlow id="f2" sourceRef="look" targetRef="there"/>
    <exclusiveGateway id="there" name="There?"/>
    <sequenceFlow id="f3" name="yes" sourceRef="there" targetRef="fetch"/>
    <task id="fetch" name="Fetch"/>
    <sequenceFlow id="f4" name="no" sourceRef="there" targetRef="none"/>
    <endEvent id="none" name="None left"><errorEventDefinition errorRef="Gone"/></endEvent>
  </process>
  <error id="Gone" errorCode="gone"/>
</definitions>
"""

STEPS = """\
import pytest_orchestra as orchestra

def say(place):
    @orchestra.step(place)
    def step():
        print("<", place, ">")
    return step

pack, sorry, look, fetch, none = map(
    say, ["Pack", "Say sorry", "stock/Look", "Fetch", "There?/no"]
)

@orchestra.step("Get goods")
def get(request):
    if request.node.name == "sold-out":
        print("< Get goods >")
"""


@pytest.fixture
def calling(shop: pytest.Pytester, write: Callable[..., None]) -> pytest.Pytester:
    """A process that calls one of another file."""
    write(order__bpmn=ORDER, stock__bpmn=STOCK, shop_steps__py=STEPS)
    write(
        order__suite__yaml="""
        process: [order.bpmn, stock.bpmn]
        python: shop_steps.py
        """
    )
    return shop


def said(result: pytest.RunResult) -> list[str]:
    return re.findall("< (.+) >", result.stdout.str())


def test_steps_of_a_called_process_run_inside_the_call(calling: pytest.Pytester) -> None:
    """In the order of the way, by the called process's own names."""
    main = calling.runpytest("-s", "order.suite.yaml::main")
    main.assert_outcomes(passed=1)
    assert said(main) == ["stock/Look", "Fetch", "Pack"]


def test_what_the_caller_catches_is_thrown_inside_the_call(calling: pytest.Pytester) -> None:
    """By the nearest way that throws it."""
    gone = calling.runpytest("-s", "order.suite.yaml::sold-out")
    gone.assert_outcomes(passed=1)
    assert said(gone) == ["Get goods", "stock/Look", "There?/no", "Say sorry"]


def test_a_failure_names_the_called_element(
    calling: pytest.Pytester, write: Callable[..., None]
) -> None:
    """And counts its tasks among those with a step."""
    write(shop_steps__py=STEPS.replace('print("<", place, ">")', 'assert place != "Fetch"'))
    failed = calling.runpytest("order.suite.yaml::main")
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(["*'Fetch'*", "*bound 3 of 3 tasks*"])


def test_workers_collect_the_same(calling: pytest.Pytester) -> None:
    """Ways of called processes are found again in each."""
    calling.runpytest("-n", "2").assert_outcomes(passed=2)
