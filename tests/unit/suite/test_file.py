"""What a suite file may say, and what is said of one that says something else."""

from __future__ import annotations

import pytest

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.suite.file import SuitePart

WHOLE = """
x-note: &say {a: 1}
name: Order handling
process: [order.bpmn#order]
environment: local
tags: [orders]
specs: {orders: specs/orders.openapi.yaml}
strict: true
scenarios:
  criterion: flows
  max_loop_iterations: {default: 3, Task_List: 10}
  max_scenarios: 20
  main: [Amount?/low]
  without: {Timer_7d: no test clock here}
  add: {refund-after-express: [Amount?/high, Refund?/yes], one: Declined}
  mark: {amount-high*: {tags: [smoke], xfail: BUG-7}, main: {name: Plain, data: vip, active: false}}
data: {files: data/*.yaml}
defaults: {within: 10s, every: 100ms, contract: warn, kafka: {key: k, within: 1m}}
python: [steps.py]
steps:
  - name: The customer places an order
    at: Place order
    alias: place
    when: [Amount?/high, Done]
    action: {channel: http, via: shop, as: clerk, mode: sync, endpoint: orders.createOrder}
    expect:
      status: [201, 2xx]
      rules: |
        response.body.status == 'NEW'
      value: {a: 1.10}
      exact: true
      headers: {a: b}
      count: 1+
      messages: [{value: 1, headers: {a: b}, rules: [x]}]
      ordered: true
      absent: false
      fail_when: response.status == 500
      stable_for: 1s
      within: 2m
      every: 1s
      contract: off
    save: {order_id: response.body.id}
  - leaving: [Store invoice, Review]
    assertion: {channel: db, sql: select 1}
"""


def problems_of(text: str) -> list[str]:
    _, problems = decode(parse_document(text, file="s.yaml"), SuitePart)
    return [str(problem) for problem in problems]


def test_a_file_may_say_everything_that_is_there_now() -> None:
    part, problems = decode(parse_document(WHOLE, file="s.yaml"), SuitePart)
    assert problems == ()
    assert part is not None
    step = part.steps[0]
    assert step.action is not None
    assert step.expect is not None
    assert step.action.model_extra == {"endpoint": "orders.createOrder"}
    assert (step.action.channel, step.action.credential) == ("http", "clerk")
    assert (step.expect.within, step.expect.status) == (120.0, [201, "2xx"])
    assert step.expect.contract == "off"
    assert part.defaults.within == 10.0
    kafka = (part.defaults.model_extra or {})["kafka"]
    assert kafka.within == 60.0
    assert kafka.model_extra == {"key": "k"}
    assert part.scenarios.mark["amount-high*"].tags == ["smoke"]
    assert part.scenarios.max_loop_iterations == {"default": 3, "Task_List": 10}
    assert part.scenarios.add["one"] == "Declined"


def test_what_is_not_said_has_a_value_all_the_same() -> None:
    part, _ = decode(parse_document("process: a.bpmn", file="s.yaml"), SuitePart)
    assert part is not None
    assert part.steps == []
    assert part.strict is False
    assert part.scenarios.mark == {}


@pytest.mark.parametrize("key", ["library"])
def test_planned_keys_of_a_suite_are_refused_by_name(key: str) -> None:
    assert problems_of(f"process: a.bpmn\n{key}: 1\n") == [
        f"s.yaml:2:1: error[not-yet] the key '{key}' is not there yet. Leave it out for now."
    ]


@pytest.mark.parametrize("key", ["use", "with"])
def test_planned_keys_of_a_step_are_refused_by_name(key: str) -> None:
    text = f"process: a.bpmn\nsteps:\n  - at: A\n    {key}: 1\n"
    assert problems_of(text) == [
        f"s.yaml:4:5: error[not-yet] the key '{key}' is not there yet. Leave it out for now."
    ]


def test_the_first_data_set_is_picked_or_all_of_them() -> None:
    assert problems_of("process: a.bpmn\ndata:\n  pick: al\n") == [
        (
            "s.yaml:3:9: error[bad-value] expected one of first, all, found text 'al'."
            " Did you mean 'all'?"
        )
    ]


def test_parallel_is_said_or_not() -> None:
    text = "process: a.bpmn\nscenarios:\n  mark: {main: {parallel: PARALLEL}}\n"
    assert problems_of(text.replace("PARALLEL", "true")) == []
    assert problems_of(text.replace("PARALLEL", "2")) == [
        "s.yaml:3:27: error[bad-value] expected true or false, found number 2"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "process: a.bpmn\nsteps: [{at: A, action: {channel: stub, reply: 1}}]\n",
            (
                "s.yaml:2:35: error[not-yet] the channel 'stub' is not there yet."
                " Leave out the step for now."
            ),
        ),
        (
            "process: a.bpmn\nsteps: [{at: A, action: {channel: http, mode: open}}]\n",
            (
                "s.yaml:2:47: error[not-yet] the mode 'open' is not there yet."
                " Use sync or fire_and_forget."
            ),
        ),
        (
            "process: a.bpmn\nsteps: [{at: A, action: {channel: http, stream: x}}]\n",
            (
                "s.yaml:2:49: error[not-yet] 'stream: x' is not there yet."
                " Leave out the step for now."
            ),
        ),
    ],
)
def test_planned_values_are_refused_by_name(text: str, problem: str) -> None:
    assert problems_of(text) == [problem]


@pytest.mark.parametrize("process", ["''", "[]", "'#order'", "[a.bpmn, '']", "[a.bpmn, '#b']"])
def test_a_suite_names_its_process_file(process: str) -> None:
    assert problems_of(f"process: {process}") == [
        (
            "s.yaml:1:10: error[bad-value] no process file is named."
            " Write 'order.bpmn' or 'order.bpmn#ID'."
        )
    ]


def test_all_mistakes_of_form_are_told_together() -> None:
    text = """
processx: a.bpmn
scenarios: {max_loop_iterations: -1, max_scenarios: 0, mark: {a: {active: 1}}}
defaults: {within: 10, kafka: {every: x}, foo: 3}
steps:
 - {at: A, action: {channell: http}}
 - {at: 12, expect: {status: 1.5, messages: {}, statusx: 3}}
"""
    assert problems_of(text) == [
        "s.yaml:2:1: error[missing-key] the key 'process' is missing. Add it.",
        "s.yaml:2:1: error[unknown-key] unknown key 'processx'. Did you mean 'process'?",
        "s.yaml:3:34: error[bad-value] expected at least 0, found number -1",
        "s.yaml:3:53: error[bad-value] expected at least 1, found number 0",
        "s.yaml:3:75: error[bad-value] expected true or false, found number 1",
        (
            "s.yaml:4:20: error[bad-value] expected a duration, found number 10."
            " Write a number and its unit: 100ms, 10s, 2m, 1h."
        ),
        (
            "s.yaml:4:39: error[bad-value] expected a duration, found text 'x'."
            " Write a number and its unit: 100ms, 10s, 2m, 1h."
        ),
        "s.yaml:4:48: error[bad-value] expected a mapping, found number 3",
        "s.yaml:6:20: error[missing-key] the key 'channel' is missing. Add it.",
        (
            "s.yaml:7:9: error[bad-value] expected text or a list, found number 12."
            " Put it in quotes."
        ),
        (
            "s.yaml:7:30: error[bad-value] expected a whole number, text or a list,"
            " found number 1.5. Put it in quotes."
        ),
        "s.yaml:7:45: error[bad-value] expected a list, found a mapping",
        "s.yaml:7:49: error[unknown-key] unknown key 'statusx'. Did you mean 'status'?",
    ]


@pytest.mark.parametrize("status", ["99", "600", "6xx", "0", "-1", '"2010"', "[201, 20]"])
def test_a_status_that_no_reply_has_is_refused(status: str) -> None:
    step = f"{{at: A, action: {{channel: http}}, expect: {{status: {status}}}}}"
    text = f"process: a.bpmn\nsteps: [{step}]\n"
    (problem,) = problems_of(text)
    assert "there is no status" in problem
    assert "Write 201, 2xx, or a name such as NOT_FOUND." in problem


def test_a_json_schema_can_be_made_of_the_models() -> None:
    schema = SuitePart.model_json_schema(by_alias=True)
    assert set(schema["properties"]) >= {"process", "steps", "scenarios", "defaults"}
    assert schema["required"] == ["process"]
    call = schema["$defs"]["CallPart"]
    assert "as" in call["properties"]
    assert call["additionalProperties"] is True
    within = schema["$defs"]["ExpectPart"]["properties"]["within"]
    assert within["anyOf"][0]["type"] == "string"


def test_numbers_of_loops_have_bounds() -> None:
    text = """
process: a.bpmn
scenarios: {max_loop_iterations: {default: 1001, Review: -1}}
"""
    assert problems_of(text) == [
        "s.yaml:3:44: error[bad-value] expected at most 1000, found number 1001",
        "s.yaml:3:58: error[bad-value] expected at least 0, found number -1",
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("process: a.bpmn\nconcurrency: 0\n", "s.yaml:2:14: error"),
        ("process: a.bpmn\nconcurrency: '4'\n", "s.yaml:2:14: error"),
        ("process: a.bpmn\nscenarios: {mark: {main: {isolation: alone}}}\n", "s.yaml:2:38: error"),
        ("process: a.bpmn\nsteps: [{at: A, exclusive: ''}]\n", "s.yaml:2:28: error"),
        ("process: a.bpmn\nsteps: [{at: A, exclusive: [a]}]\n", "s.yaml:2:28: error"),
    ],
)
def test_how_scenarios_share_a_session_is_checked_at_its_place(text: str, where: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(where)
