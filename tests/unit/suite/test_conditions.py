"""Conditions of a model and of its suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.model import (
    ElementId,
    Expression,
    FlowNode,
    NodeKind,
    Problem,
    Process,
    SequenceFlow,
    SourceLocation,
)
from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.conditions import model_conditions

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

P = ElementId("p")


def process(
    *texts: str, language: str = "", kind: NodeKind = NodeKind.EXCLUSIVE_GATEWAY
) -> Process:
    """A split with a flow for each condition, and one without."""
    gateway = FlowNode(id=ElementId("g"), kind=kind, scope=P, name="Paid?")
    ends = [
        FlowNode(id=ElementId(f"e{n}"), kind=NodeKind.END_EVENT, scope=P)
        for n in range(len(texts) + 1)
    ]
    flows = [
        SequenceFlow(
            id=ElementId(f"f{n}"),
            source=gateway.id,
            target=end.id,
            condition=Expression(
                text=texts[n], language=language, location=SourceLocation(file="p.bpmn", line=7)
            )
            if n < len(texts)
            else None,
        )
        for n, end in enumerate(ends)
    ]
    return Process(id=P, nodes=(gateway, *ends), flows=tuple(flows))


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [str(each) for each in problems]


def conditions_of(bench: Bench, text: str) -> dict[str, list[str]]:
    """What each scenario asks."""
    _, found = bind_with_scenarios(bench.suite(text), protocols=bench.protocols, environment=None)
    return {
        scenario.key: [
            f"{'' if each.holds else 'not '}{each.text} ({each.element} {each.visit})"
            for each in scenario.conditions
        ]
        for scenario in found.scenarios
    }


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("${amount > 5}", "", "juel"),
        ("=amount > 5", "", "feel"),
        ("amount > 5", "http://www.omg.org/spec/FEEL/20140401", "feel"),
        ("amount == 5 && paid", "", "plain"),
    ],
)
def test_a_models_conditions_are_read(text: str, declared: str, language: str) -> None:
    """In the language that they look like, or that the model declares."""
    found, problems = model_conditions(process(text, language=declared))
    assert not problems
    assert found.by_element["f0"].language == language
    assert not found.constants


def test_what_cannot_be_read_is_told() -> None:
    """With its column and place; conditions where nothing is asked are passed over."""
    found, problems = model_conditions(process("${bank.paid(1)}", "x > 1"))
    assert list(found.by_element) == ["f1"]
    assert told(problems) == [
        (
            "p.bpmn:7: warning[condition-unread] the condition of 'Paid?/f0' is kept as text:"
            " `${bank.paid(1)}`: the method 'paid' is not judged (column 8)."
            " Write it under 'conditions' of the suite."
        )
    ]
    _, problems = model_conditions(process("x > 1", language="http://groovy"))
    assert "its language 'http://groovy' is not read" in told(problems)[0]
    silent, problems = model_conditions(process("???", kind=NodeKind.PARALLEL_GATEWAY))
    assert not silent.by_element
    assert not problems


def test_a_suite_gives_conditions_to_outcomes(bench: Bench) -> None:
    """To flows by what they are called, and to events; each way says what it asks."""
    text = "conditions: {Amount?/high: amount > 1000, Declined: card == '0002'}\n"
    assert conditions_of(bench, text) == {
        "main": ["not amount > 1000 (f_high 1)", "not card == '0002' (declined 1)"],
        "amount-high": ["amount > 1000 (f_high 1)", "not card == '0002' (declined 1)"],
        "amount-high-fine-no": ["amount > 1000 (f_high 1)", "not card == '0002' (declined 1)"],
        "amount-high-fine-no-x2": ["amount > 1000 (f_high 1)", "not card == '0002' (declined 1)"],
        "declined": ["not amount > 1000 (f_high 1)", "card == '0002' (declined 1)"],
    }


def test_visits_are_those_of_the_source(bench: Bench) -> None:
    asked = conditions_of(bench, "conditions: {Fine?/no: tries < 3}\n")
    assert asked["amount-high-fine-no"] == ["tries < 3 (f_no 1)", "not tries < 3 (f_no 2)"]


def test_a_suites_mistakes_are_told_where_they_stand(bench: Bench) -> None:
    """An outcome that is none, a text that is no condition."""
    found = bench.errors("conditions:\n  Amount?/hihg: x > 1\n  Review: x\n  Fine?/no: x >\n")
    assert found == [
        (
            "4:3: [unknown-element] gateway 'Amount?' has no flow 'hihg' that leaves it."
            " Did you mean 'high'?"
        ),
        (
            "5:3: [not-an-outcome] the task 'Review' is no outcome: that is a flow where ways part,"
            " or an event that may come. Outcomes: Amount?/high, Amount?/low, Declined, Fine?/no,"
            " Fine?/yes, f11, f13."
        ),
        "6:16: [expression-syntax] `x >`: the condition ends too early. Complete it.",
    ]
    assert bench.errors("conditions: {Amount?/high: 3}\n") == [
        "3:28: [bad-value] expected text, found number 3. Put it in quotes."
    ]


def test_names_of_flows_are_conditions_only_where_the_user_asks(bench: Bench) -> None:
    """And only those that have none; a name that is no condition is told."""
    bpmn = (bench.folder / "order.bpmn").read_text(encoding="utf-8")
    bench.write("order.bpmn", bpmn.replace('name="high"', 'name="amount &gt; 1000"'))
    assert conditions_of(bench, "scenarios: {}\n")["main"] == []
    text = "scenarios: {names_are_conditions: true}\n"
    assert conditions_of(bench, text)["main"] == ["not amount > 1000 (f_high 1)"]
    assert (
        "order.bpmn:21:1: info[name-unread] the flow's name 'low' is no condition that is read."
        " Write its condition under 'conditions'." in bench.warnings(text)
    )
    own = text + "conditions: {Amount?/low: amount < 7}\n"
    assert conditions_of(bench, own)["main"] == [
        "not amount > 1000 (f_high 1)",
        "amount < 7 (low 1)",
    ]


def test_what_a_step_saves_is_free_from_there_on(bench: Bench) -> None:
    """A name of the data that is another's from then on; before it and elsewhere it is not."""
    bench.write("d.yaml", "- {name: one, values: {amount: 5, card: x}}")
    suite = bench.suite(
        "conditions: {Amount?/high: amount > 1000, Fine?/no: amount > 2000}\n"
        "data: {files: d.yaml}\n"
        "steps:\n"
        "- at: Review\n"
        "  action: {channel: web, endpoint: shop.create}\n"
        "  save: {amount: response.body}\n"
    )
    _, found = bind_with_scenarios(suite, protocols=bench.protocols, environment=None)
    way = next(each for each in found.scenarios if each.key == "amount-high")
    assert [(each.element, sorted(each.free)) for each in way.conditions] == [
        ("f_high", []),
        ("f_no", ["amount"]),
    ]
