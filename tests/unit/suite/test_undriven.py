"""Outcomes that nothing leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.python_steps import find_python_steps, step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ACT = "action: {channel: bus, topic: t, value: 1}"
SEE = "assertion: {channel: bus, topic: t}"
ALL = {"Amount?/high", "Fine?/no", "Declined"}


def undriven(bench: Bench, *steps: str, begin: str = "", **others: object) -> set[str]:
    listed = "\n".join(f"  - {{{each}}}" for each in (f"at: Ordered, {SEE}", *steps))
    bound = bench.bind(f"{begin}steps:\n{listed}\n", **others)
    return {each.name for each in bound.undriven}


def test_where_steps_only_look_nothing_leads_anywhere(bench: Bench) -> None:
    assert undriven(bench, f"at: Amount?/high, {SEE}") == ALL


@pytest.mark.parametrize(
    ("where", "driven"),
    [
        ("at: Amount?/high", {"Amount?/high"}),
        ("at: Review", {"Amount?/high", "Fine?/no"}),
        ("leaving: Review, when: Fine?/no", {"Amount?/high", "Fine?/no"}),
        ("at: Ordered, when: [Fine?/no, Declined]", {"Fine?/no", "Declined"}),
        ("at: Declined", {"Declined"}),
        ("at: Lost", {"Declined"}),
        ("at: Ship", set()),
    ],
)
def test_an_action_leads_to_the_outcome_at_which_it_stands(
    bench: Bench, where: str, driven: set[str]
) -> None:
    """On it, on its first element, or with it in ``when``."""
    assert undriven(bench, f"{where}, {ACT}") == ALL - driven


def test_a_function_that_acts_leads_to_an_outcome(bench: Bench) -> None:
    @step("Declined")
    def decline() -> None: ...

    @step("Amount?/high", kind="ASSERTION")
    def look() -> None: ...

    steps = find_python_steps({"decline": decline, "look": look})
    assert undriven(bench, python_steps=steps) == ALL - {"Declined"}


def test_a_data_set_that_a_mark_names_leads_to_what_its_scenario_takes(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: vip, values: {a: 1}}")
    begin = "data: {files: d.yaml}\nscenarios: {mark: {amount-high-fine-no: {data: vip}}}\n"
    assert undriven(bench, begin=begin) == {"Declined"}


def test_outcomes_of_scenarios_that_are_left_out_are_not_told(bench: Bench) -> None:
    begin = "scenarios: {mark: {declined: {active: false}, '*-no*': {active: false}}}\n"
    assert undriven(bench, begin=begin) == {"Amount?/high"}


def test_scenarios_without_a_step_test_nothing_and_are_not_told(bench: Bench) -> None:
    assert bench.bind("").undriven == ()
    only_there = f"steps: [{{at: Declined, {SEE}}}]"
    assert [each.name for each in bench.bind(only_there).undriven] == ["Declined"]


def test_the_scenarios_that_take_it_are_named(bench: Bench) -> None:
    bound = bench.bind(f"steps: [{{at: Ordered, {SEE}}}]")
    assert {each.name: each.scenarios for each in bound.undriven} == {
        "Amount?/high": ("amount-high", "amount-high-fine-no", "amount-high-fine-no-x2"),
        "Fine?/no": ("amount-high-fine-no", "amount-high-fine-no-x2"),
        "Declined": ("declined",),
    }


def test_it_is_a_warning_and_under_strict_an_error(bench: Bench) -> None:
    begin = "scenarios: {mark: {'amount*': {active: false}}}\n"
    steps = f"steps: [{{at: [Place order, Ship], {ACT}}}, {{leaving: Charge, {ACT}}}]\n"
    told = (
        "[undriven] nothing leads to 'Declined' in 'declined'."
        " Bind an action to it, give it a condition over data, or mark data for it."
    )
    assert bench.warnings(begin + steps) == [f"4:1: warning{told}"]
    assert bench.errors(f"{begin}{steps}strict: true\n") == [f"5:1: {told}"]


FLOW = '<sequenceFlow id="f_high" name="high" sourceRef="amount" targetRef="review"'
CONDITION = "<conditionExpression>%s</conditionExpression>"


@pytest.mark.parametrize(
    ("condition", "driven"),
    [
        ("=amount &gt; 1000", True),
        ("=visit = 2 and x", True),
        ("=in_stock", False),
        ("=amount &gt;", False),
    ],
)
def test_a_condition_over_data_or_the_visit_leads_to_an_outcome(
    bench: Bench, condition: str, *, driven: bool
) -> None:
    with_condition(bench, condition)
    bench.write(
        "d.yaml", "- {name: vip, values: {amount: 5000}}\n- {name: low, values: {amount: 1}}"
    )
    read = f'at: Ordered, {SEE}, expect: {{value: {{a: "{{{{data.amount}}}}"}}}}'
    found = undriven(bench, read, begin="data: {files: d.yaml}\n")
    assert ("Amount?/high" not in found) is driven


def with_condition(bench: Bench, condition: str) -> None:
    text = (bench.folder / "order.bpmn").read_text(encoding="utf-8")
    conditional = f"{FLOW}>{CONDITION % condition}</sequenceFlow>"
    assert f"{FLOW}/>" in text
    bench.write("order.bpmn", text.replace(f"{FLOW}/>", conditional))


SPLIT = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="order">
<startEvent id="start" name="Ordered"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="split"/>
<inclusiveGateway id="split" name="Extras?"/>
<sequenceFlow id="wrap" name="wrap" sourceRef="split" targetRef="wrapping"/>
<sequenceFlow id="card" name="card" sourceRef="split" targetRef="writing"/>
<task id="wrapping" name="Wrap it"/>
<task id="writing" name="Write a card"/>
<sequenceFlow id="f2" sourceRef="wrapping" targetRef="join"/>
<sequenceFlow id="f3" sourceRef="writing" targetRef="join"/>
<inclusiveGateway id="join"/>
<sequenceFlow id="f4" sourceRef="join" targetRef="end"/>
<endEvent id="end" name="Done"/>
<subProcess id="late" name="Called off" triggeredByEvent="true">
  <startEvent id="called" name="Customer calls"><messageEventDefinition/></startEvent>
  <sequenceFlow id="g1" sourceRef="called" targetRef="over"/>
  <endEvent id="over"/>
</subProcess>
</process>
</definitions>
"""


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("at: Ordered", {"Extras?/wrap", "Extras?/card and Extras?/wrap", "Called off"}),
        ("at: Wrap it", {"Called off"}),
        ("at: Customer calls", {"Extras?/wrap", "Extras?/card and Extras?/wrap"}),
    ],
)
def test_an_inclusive_split_takes_others_beside_its_default(
    bench: Bench, where: str, left: set[str]
) -> None:
    """What stands at the start of an event sub-process stands on it."""
    bench.write("order.bpmn", SPLIT)
    assert undriven(bench, f"{where}, {ACT}") == left


LOOPED = '<userTask id="place" name="Place order"/>'


def test_a_marker_is_driven_by_what_stands_at_it_or_takes_an_item_a_turn(bench: Bench) -> None:
    text = (bench.folder / "order.bpmn").read_text(encoding="utf-8")
    marked = LOOPED.replace("/>", "><multiInstanceLoopCharacteristics/></userTask>")
    assert LOOPED in text
    bench.write("order.bpmn", text.replace(LOOPED, marked))
    assert {"Place order x0", "Place order x2"} <= undriven(bench)
    assert "Place order x2" not in undriven(bench, f"at: Place order, {ACT}")
    sets = [f"{{name: s{n}, values: {{them: {[*range(n)]}}}}}" for n in range(3)]
    bench.write("d.yaml", "".join(f"- {each}\n" for each in sets))
    begin = "data: {files: d.yaml, each: {Place order: them}}\n"
    assert "Place order x2" not in undriven(bench, begin=begin)


def test_a_condition_leads_to_an_event(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: a, values: {card: '2'}}\n- {name: b, values: {card: '1'}}\n")
    begin = "data: {files: d.yaml}\nconditions: {Declined: card == '2'}\n"
    assert undriven(bench, begin=begin) == ALL - {"Declined"}


CALLING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="order">
<startEvent id="start" name="Ordered"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="pay"/>
<callActivity id="pay" name="Pay" calledElement="payment"/>
<boundaryEvent id="broke" name="Broke" attachedToRef="pay"><errorEventDefinition/></boundaryEvent>
<sequenceFlow id="f2" sourceRef="pay" targetRef="end"/>
<sequenceFlow id="f3" sourceRef="broke" targetRef="lost"/>
<endEvent id="end" name="Done"/>
<endEvent id="lost" name="Lost"/>
</process>
<process id="payment">
<startEvent id="asked" name="Asked"/>
<sequenceFlow id="g1" sourceRef="asked" targetRef="rich"/>
<exclusiveGateway id="rich" name="Rich?" default="yes"/>
<sequenceFlow id="yes" name="yes" sourceRef="rich" targetRef="paid"/>
<sequenceFlow id="no" name="no" sourceRef="rich" targetRef="unpaid"/>
<endEvent id="paid" name="Paid"/>
<endEvent id="unpaid" name="Unpaid"><errorEventDefinition/></endEvent>
</process>
</definitions>
"""


@pytest.mark.parametrize(
    ("where", "left"), [("at: Ordered", {"Broke"}), ("at: payment/Unpaid", set())]
)
def test_what_a_called_process_throws_is_driven_inside_of_it(
    bench: Bench, where: str, left: set[str]
) -> None:
    bench.write("order.bpmn", CALLING)
    begin = "process: order.bpmn#order\n"
    assert undriven(bench, f"{where}, {ACT}", begin=begin) == left
