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
