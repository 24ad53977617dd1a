"""Names that steps read and nothing is ever called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.names import references_of

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench


def errors(bench: Bench, text: str, **others: object) -> list[str]:
    head = (
        "steps:\n  - {at: Place order, alias: first, action: {channel: bus, topic: t, value: 1}}\n"
    )
    return bench.errors(f"{head}  - {text}\n", **others)


def test_all_names_of_the_language_may_be_read(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: d, values: {a: 1}}")
    bound = bench.bind(
        """
data: {files: d.yaml}
steps:
  - {at: Place order, alias: first, action: {channel: bus, topic: t, value: 1}}
  - at: Ship
    assertion:
      channel: bus
      topic: "{{data.a}}{{step.first.message}}{{vars.b}}{{run.id}}{{run.worker}}"
      key: "{{session.id}}{{visit}}{{uuid()}}{{now()}}{{file('x.json')}}"
    expect:
      value: "{{data.a}}"
      headers: {x: "{{visit}}"}
      count: "{{visit}}"
      rules: message.value == messages[0]
      fail_when: message.key == run.id
    save: {id: message.value}
"""
    )
    step = bound.scenarios[0].steps[1].step
    assert [str(each) for each in references_of(step)] == [
        "data.a",
        "step.first.message",
        "vars.b",
        "run.id",
        "run.worker",
        "session.id",
        "visit",
        "message.value",
        "messages",
        "message.key",
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("{{dta.x}}", "[unknown-name] unknown name 'dta'. Did you mean 'data'?"),
        (
            "{{zzz}}",
            (
                "[unknown-name] unknown name 'zzz'."
                " Known names: data, each, run, session, step, vars, visit."
            ),
        ),
        ("{{with.x}}", "[not-yet] the name 'with' is not there yet. Leave it out for now."),
        ("{{element.id}}", "[not-yet] the name 'element' is not there yet. Leave it out for now."),
        (
            "{{message.value}}",
            (
                "[unknown-name] 'message' is not known before the call."
                " Only rules and 'save' can read it."
            ),
        ),
        ("{{run.idd}}", "[unknown-name] 'run' has no 'idd'. Did you mean 'id'?"),
        ("{{session.worker}}", "[unknown-name] 'session' has no 'worker'. It has: id."),
        ("{{step}}", "[unknown-step] 'step' alone says nothing. Write step.ALIAS.NAME."),
        (
            "{{step.frst.x}}",
            ("[unknown-step] 'step.frst.x': no step has the alias 'frst'. Did you mean 'first'?"),
        ),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(bench: Bench, value: str, problem: str) -> None:
    text = f'{{at: Ship, action: {{channel: bus, topic: t, value: "{value}"}}}}'
    assert errors(bench, text) == [f"5:56: {problem}"]


@pytest.mark.parametrize(
    "rest",
    [
        "expect: {value: '{{row.x}}'}",
        "expect: {rules: rwo.x}",
        "expect: {fail_when: rwo.x}",
        "expect: {headers: {a: '{{row.x}}'}}",
        "expect: {count: '{{row.x}}'}",
        "expect: {messages: [{rules: rwo.x}]}",
        "save: {a: rwo.x}",
    ],
)
def test_every_part_of_a_step_is_looked_at(bench: Bench, rest: str) -> None:
    (problem,) = errors(
        bench, f"{{at: Ship, assertion: {{channel: store, sql: select 1}}, {rest}}}"
    )
    assert "[unknown-name]" in problem


def test_without_any_alias_one_is_to_be_given(bench: Bench) -> None:
    text = 'steps: [{at: Ship, action: {channel: bus, topic: t, value: "{{step.a.x}}"}}]'
    assert bench.errors(text) == [
        (
            "3:60: [unknown-step] 'step.a.x': no step has the alias 'a'."
            " Give the step that delivers it an alias."
        )
    ]


def test_aliases_of_steps_with_mistakes_are_known(bench: Bench) -> None:
    text = """steps:
  - {at: Place order, alias: first, use: lib}
  - {at: Nowhere, alias: second, action: {channel: bus, topic: t, value: 1}}
  - {at: Ship, action: {channel: bus, topic: "{{step.first.x}}", value: "{{step.second.x}}"}}
"""
    assert bench.errors(text) == [
        "4:37: [not-yet] the key 'use' is not there yet. Leave it out for now.",
        (
            "5:10: [unknown-element] process 'order' has no element called 'Nowhere'."
            " Known places: Amount?, Charge, Declined, Done, Fine?, Lost, Order handling,"
            " Ordered, Place order, Review, Ship, amount and 25 more."
        ),
    ]


def test_variables_are_those_of_the_environment(bench: Bench) -> None:
    environment = bench.environment("local: {vars: {region: eu}, bus: {main: {}}}")
    step = '{at: Ship, action: {channel: bus, topic: t, value: "%s"}}'
    good = step % "{{vars.region}}{{vars.x | default('')}}{{vars}}"
    assert bench.bind(f"steps: [{good}]", environment=environment).scenarios
    assert errors(bench, step % "{{vars.regin}}", environment=environment) == [
        "5:56: [unknown-name] 'vars' has no 'regin'. Did you mean 'region'?"
    ]
