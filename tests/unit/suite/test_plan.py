"""What would run, as a tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orchestra.flow.scenario import (
    Coverage,
    Criterion,
    Infeasible,
    LeftOut,
    Scenario,
    ScenarioSet,
    TakenOutcome,
    Uncovered,
    WayCondition,
)
from pytest_orchestra.model import ElementId, Problem, Severity, SourceLocation
from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.plan import plan_process, plan_suite
from pytest_orchestra.suite.python_modules import import_python_steps

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench, MakeScenario


def plan_of(bench: Bench, text: str) -> dict[str, Any]:
    bound, scenarios = bind_with_scenarios(
        bench.suite(text), protocols=bench.protocols, environment=None
    )
    return plan_suite(bound, scenarios)


def outcome(at: str, *flows: str) -> TakenOutcome:
    return TakenOutcome(at=ElementId(at), flows=tuple(map(ElementId, flows)))


def test_a_process_is_told_in_the_words_of_the_format(make_scenario: MakeScenario) -> None:
    way = make_scenario("+a", ">f", "+b", "-b")

    def condition(text: str, *, holds: bool) -> WayCondition:
        return WayCondition(
            element=ElementId("f"), at=ElementId("a"), visit=1, text=text, holds=holds
        )

    scenario = Scenario(
        key="amount-high",
        name="Amount: high",
        process_id=ElementId("order"),
        moments=way.moments,
        decisions=(outcome("a", "f"),),
        conditions=(
            condition("= amount > 1", holds=True),
            condition("${b}", holds=False),
            condition("=amount > 1", holds=True),
        ),
    )
    problem = Problem(
        severity=Severity.INFO,
        code="x",
        message="y",
        hint="Z.",
        location=SourceLocation(file="o.bpmn", line=3),
        element_id=ElementId("a"),
    )
    nowhere = Problem(severity=Severity.WARNING, code="n", message="m")
    event = TakenOutcome(at=ElementId("h"), flows=(), event=ElementId("e"))
    never = TakenOutcome(at=ElementId("t"), flows=(), turns=0)
    scenarios = ScenarioSet(
        process_id=ElementId("order"),
        criterion=Criterion.BRANCHES,
        scenarios=(scenario,),
        coverage=Coverage(
            total=3,
            reachable=2,
            covered=1,
            uncovered=(Uncovered(id=ElementId("g"), why="unreachable"),),
        ),
        infeasible=(Infeasible(decisions=(outcome("a", "g"), event, never), why="no way"),),
        left_out=LeftOut(number=7, exact=False),
        problems=(nowhere,),
    )
    assert plan_process(scenarios, Path("o.bpmn"), [problem]) == {
        "process_file": "o.bpmn",
        "process_id": "order",
        "criterion": "branches",
        "scenarios": [
            {
                "key": "amount-high",
                "name": "Amount: high",
                "nodes": ["a", "b"],
                "flows": ["f"],
                "calls": {},
                "decisions": [{"at": "a", "flows": ["f"]}],
                "conditions": ["amount > 1", "not (${b})"],
            }
        ],
        "coverage": {
            "flows": {
                "total": 3,
                "reachable": 2,
                "covered": 1,
                "uncovered": [{"id": "g", "why": "unreachable"}],
            }
        },
        "infeasible": [
            {
                "decisions": [
                    {"at": "a", "flows": ["g"]},
                    {"at": "h", "flows": [], "event": "e"},
                    {"at": "t", "flows": [], "turns": 0},
                ],
                "why": "no way",
            }
        ],
        "undriven": [],
        "twins": [],
        "left_out": {"number": 7, "exact": False},
        "problems": [
            {
                "severity": "info",
                "code": "x",
                "message": "y",
                "hint": "Z.",
                "element_id": "a",
                "location": "o.bpmn:3",
            },
            {
                "severity": "warning",
                "code": "n",
                "message": "m",
                "hint": "",
                "element_id": None,
                "location": None,
            },
        ],
    }


def test_a_suite_is_told_with_its_steps(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: vip, values: {a: t}}")
    plan = plan_of(
        bench,
        """name: Shop
tags: [orders]
data: {files: d.yaml}
scenarios: {mark: {main: {xfail: BUG-7}}}
steps:
  - {name: Create, at: Place order, alias: order, action: {channel: web, endpoint: shop.create}}
  - name: See it
    leaving: Ship
    assertion:
      channel: bus
      topic: "{{data.a}}-{{step.order.response.id}}-{{step.order.response.id}}"
      key: "{{step.order.response.key}}"
""",
    )
    assert plan["suite_file"] == str(bench.folder / "order.suite.yaml")
    assert plan["suite"] == "Shop"
    assert plan["process_file"] == str(bench.folder / "order.bpmn")
    main = plan["scenarios"][0]
    assert main["data"] == "vip"
    assert (main["tags"], main["xfail"], main["skip"]) == (["orders"], "BUG-7", "")
    assert main["bound"] == {"tasks": 2, "of": 3}
    assert main["steps"] == [
        {
            "id": "order",
            "name": "Create",
            "kind": "ACTION",
            "channel": "web",
            "at": "Place order",
            "element": "place",
            "visit": 1,
            "endpoint": "shop create",
        },
        {
            "id": "step-2",
            "name": "See it",
            "kind": "ASSERTION",
            "channel": "bus",
            "leaving": "Ship",
            "element": "ship",
            "visit": 1,
            "armed": "once step.order.response.id is known",
        },
    ]
    assert plan["twins"] == [
        ["main", "amount-high", "amount-high-fine-no", "amount-high-fine-no-x2", "declined"]
    ]
    assert plan["undriven"][0] == {
        "at": "amount",
        "flows": ["f_high"],
        "scenarios": ["amount-high", "amount-high-fine-no", "amount-high-fine-no-x2"],
    }
    assert len(plan["undriven"]) == 3
    codes = [each["code"] for each in plan["problems"]]
    assert codes == ["undriven", "undriven", "undriven", "twins"]


def test_it_is_told_which_steps_are_tried_again_and_which_always_run(bench: Bench) -> None:
    plan = plan_of(
        bench,
        """
steps:
  - {at: Place order, always: true, action: {channel: web, endpoint: shop.create}}
  - at: Ship
    action: {channel: web, endpoint: shop.create}
    retry: {times: 2, only: [timeout, HTTP_ERROR], backoff: 2s}
finally:
  - {action: {channel: web, endpoint: shop.create}, retry: {times: 1}}
""",
    )
    (login, ship), (forget,) = (plan["scenarios"][0][key] for key in ("steps", "finally"))
    assert (login["always"], "retry" in login, "always" in ship) == (True, False, False)
    assert ship["retry"] == {"times": 2, "only": ["HTTP_ERROR", "TIMEOUT"], "backoff": 2.0}
    assert forget["retry"] == {"times": 1, "only": None, "backoff": 0.1}


def test_a_function_is_told_as_one(bench: Bench) -> None:
    path = bench.write(
        "steps.py",
        "from pytest_orchestra.suite.python_steps import step\n"
        "@step('Ship')\ndef ship(): 'Ships.'\n",
    )
    bound, scenarios = bind_with_scenarios(
        bench.suite("python: steps.py"),
        protocols=bench.protocols,
        environment=None,
        python_steps=import_python_steps(path),
    )
    plan: dict[str, Any] = plan_suite(bound, scenarios)
    (step,) = plan["scenarios"][0]["steps"]
    assert (step["name"], step["channel"], step["at"]) == ("Ships", "python", "Ship")


def test_a_plan_tells_what_each_step_waits_for_where_branches_run_at_once(bench: Bench) -> None:
    """By its number, from 1; where they do not it tells nothing."""
    action = "action: {channel: bus, topic: t, value: 1}"
    steps = "".join(
        f"  - {{at: {place}, {action}}}\n" for place in ("Place order", "Ship", "Charge", "Done")
    )
    marked = "scenarios: {mark: {main: {parallel: true}}}\n"
    main, declined = (
        next(each for each in plan_of(bench, f"{marked}steps:\n{steps}")["scenarios"] if find(each))
        for find in (lambda each: each["key"] == "main", lambda each: each["key"] == "declined")
    )
    assert main["parallel"] is True
    assert [step["after"] for step in main["steps"]] == [[], [1], [1], [2, 3]]
    assert "parallel" not in declined
    assert all("after" not in step for step in declined["steps"])
