"""A plan as a table."""

from __future__ import annotations

from typing import Any

from pytest_orchestra.cli.plan_text import render_plan

NO_PROBLEM: dict[str, Any] = {"infeasible": [], "undriven": [], "twins": [], "problems": []}


def plan(**others: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a JSON-like tree
    return {
        "process_file": "o.bpmn",
        "process_id": "order",
        "criterion": "branches",
        "scenarios": [{"key": "main", "name": "Main"}],
        "coverage": {"flows": {"total": 3, "reachable": 3, "covered": 3, "uncovered": []}},
        "left_out": {"number": 0, "exact": True},
        **NO_PROBLEM,
        **others,
    }


def test_one_scenario_is_one() -> None:
    assert render_plan(plan(), {}) == (
        "o.bpmn: process order, criterion branches, 1 scenario\n"
        "flows: 3 of 3 covered\n"
        "\n"
        "KEY   NAME\n"
        "main  Main"
    )


def test_everything_that_was_found_stands_below() -> None:
    flows = {
        "total": 5,
        "reachable": 3,
        "covered": 3,
        "uncovered": [{"id": "f", "why": "unreachable"}],
    }
    text = render_plan(
        plan(
            coverage={"flows": flows},
            scenarios=[],
            infeasible=[
                {
                    "decisions": [
                        {"at": "a", "flows": ["f", "g"]},
                        {"at": "b", "flows": ["h"]},
                        {"at": "i", "flows": []},
                        {"at": "i", "flows": [], "turns": 2},
                        {"at": "o", "flows": ["h"], "event": "i"},
                    ],
                    "why": "they exclude each other",
                }
            ],
            undriven=[
                {"at": "a", "flows": ["f"], "scenarios": ["amount-high"]},
                {"at": "i", "flows": [], "turns": 0, "scenarios": ["x", "y", "z"]},
            ],
            twins=[["main", "x"]],
            left_out={"number": 9, "exact": False},
            problems=[
                {
                    "severity": "warning",
                    "code": "c",
                    "message": "m",
                    "hint": "Do.",
                    "location": "o.bpmn:2",
                },
                {
                    "severity": "warning",
                    "code": "twins",
                    "message": "told above",
                    "hint": "",
                    "location": None,
                },
                {"severity": "info", "code": "c", "message": "m", "hint": "", "location": None},
            ],
        ),
        {"a": "Amount?", "f": "Amount?/high", "h": "Paid -> Ship (h)", "i": "Retry"},
    )
    assert text == (
        "o.bpmn: process order, criterion branches, 0 scenarios\n"
        "flows: 3 of 5 covered, 2 cannot be reached\n"
        "  not covered: Amount?/high: unreachable\n"
        "\n"
        "KEY  NAME\n"
        "\n"
        "cannot be: Amount?/high, g with Paid -> Ship (h) with Retry with Retry x2"
        " with Retry: they exclude each other\n"
        "nothing leads to: Amount?/high (amount-high)\n"
        "nothing leads to: Retry x0 (x and 2 more)\n"
        "run the same: main, x\n"
        "left out: at least 9 scenarios past max_scenarios\n"
        "o.bpmn:2: warning[c] m. Do.\n"
        "info[c] m"
    )


def test_an_exact_number_is_said_as_such() -> None:
    text = render_plan(plan(left_out={"number": 9, "exact": True}), {})
    assert text.endswith("\nleft out: 9 scenarios past max_scenarios")


def test_a_number_that_nobody_knows_is_not_made_up() -> None:
    text = render_plan(plan(left_out={"number": 0, "exact": False}), {})
    assert text.endswith("\nleft out: there may be more scenarios than could be looked at")


def test_what_stands_for_more_names_no_outcome() -> None:
    text = render_plan(plan(infeasible=[{"decisions": [], "why": "7 more"}]), {})
    assert text.endswith("\ncannot be: 7 more")


def test_long_names_are_cut_and_reasons_to_skip_are_told() -> None:
    scenario = {
        "key": "main",
        "item": "main",
        "name": "x" * 80,
        "steps": [],
        "data": None,
        "data_reason": "",
        "skip": "no step is bound on this way",
    }
    text = render_plan(plan(suite_file="o.suite.yaml", scenarios=[scenario]), {})
    assert text.splitlines()[-1] == (
        f"main  {'x' * 59}…  0      - (skipped: no step is bound on this way)"
    )


def test_columns_stand_below_each_other_in_any_script() -> None:
    rows = [{"key": "审核", "name": "审核 🚚"}, {"key": "e\u0301te\u0301", "name": "Été"}]
    assert render_plan(plan(scenarios=rows), {}).splitlines()[3:] == [
        "KEY   NAME",
        "审核  审核 🚚",
        "e\u0301te\u0301   Été",
    ]


def test_steps_that_are_tried_again_are_told_once() -> None:
    def step(name: str, times: int, *only: str) -> dict[str, object]:
        retry = {"times": times, "only": [*only] or None, "backoff": 0.1}
        return {"name": name, "retry": retry}

    steps = [step("A", 1), step("B", 3), {"name": "C"}]
    scenario = {
        "key": "main",
        "item": "main",
        "name": "Main",
        "data": None,
        "data_reason": "",
        "skip": "",
        "steps": steps,
        "finally": [step("D", 2, "HTTP_ERROR", "TIMEOUT")],
    }
    suite = {"suite_file": "o.suite.yaml"}
    text = render_plan(plan(**suite, scenarios=[scenario, {**scenario, "key": "x"}]), {})
    assert text.splitlines()[-3:] == [
        "'A' is tried again once",
        "'B' is tried again up to 3 times",
        "'D' is tried again up to 2 times after HTTP_ERROR or TIMEOUT",
    ]
