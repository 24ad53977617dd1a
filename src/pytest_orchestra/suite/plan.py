"""What would run, as a JSON-like tree: an entry of ``orchestra plan --format json``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.flow.scenario import (
    CalledWay,
    Infeasible,
    Passage,
    Scenario,
    ScenarioSet,
    TakenOutcome,
    WayCondition,
)
from pytest_orchestra.model import Problem
from pytest_orchestra.spi import FieldUse
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, BoundSuite, Undriven

Tree = dict[str, object]


def plan_process(
    scenarios: ScenarioSet, process_file: Path, problems: Sequence[Problem] = ()
) -> Tree:
    """The plan of a process without a suite.

    Args:
        scenarios: of the process.
        process_file: as the user called it.
        problems: what was found beside those of the scenarios.
    """
    return _plan(
        scenarios,
        process_file,
        [_scenario(each) for each in scenarios.scenarios],
        undriven=[],
        twins=[],
        problems=[*problems, *scenarios.problems],
    )


def plan_suite(suite: BoundSuite, scenarios: ScenarioSet) -> Tree:
    """The plan of a suite: as of its process, and with each scenario's steps and data set."""
    return {
        "suite_file": str(suite.file),
        "suite": suite.name,
        **_plan(
            scenarios,
            suite.process_file,
            [_bound_scenario(each) for each in suite.scenarios],
            undriven=[_undriven(each) for each in suite.undriven],
            twins=[list(keys) for keys in suite.twins],
            problems=suite.problems,
        ),
    }


def _plan(
    scenarios: ScenarioSet,
    process_file: Path,
    planned: list[Tree],
    *,
    undriven: list[Tree],
    twins: list[list[str]],
    problems: Sequence[Problem],
) -> Tree:
    coverage, left_out = scenarios.coverage, scenarios.left_out
    return {
        "process_file": str(process_file),
        "process_id": scenarios.process_id,
        "criterion": scenarios.criterion.value,
        "scenarios": planned,
        "coverage": {
            "flows": {
                "total": coverage.total,
                "reachable": coverage.reachable,
                "covered": coverage.covered,
                "uncovered": [{"id": each.id, "why": each.why} for each in coverage.uncovered],
            }
        },
        "infeasible": [_infeasible(each) for each in scenarios.infeasible],
        "undriven": undriven,
        "twins": twins,
        "left_out": {"number": left_out.number, "exact": left_out.exact},
        "problems": [problem_tree(each) for each in problems],
    }


def _scenario(scenario: Scenario) -> Tree:
    return {
        "key": scenario.key,
        "name": scenario.name,
        "nodes": list(scenario.nodes),
        "flows": list(scenario.flows),
        "calls": _calls(scenario.calls),
        "decisions": [_outcome(each) for each in scenario.decisions],
        "conditions": list(dict.fromkeys(_condition(each) for each in scenario.conditions)),
    }


def _calls(calls: Sequence[CalledWay]) -> Tree:
    """The ways of called processes, by call activity, one entry for each visit."""
    by_call: dict[str, list[Tree]] = {}
    for way in calls:
        tree: Tree = {
            "process_id": way.process_id,
            "nodes": list(way.nodes),
            "flows": list(way.flows),
        }
        if way.calls:
            tree["calls"] = _calls(way.calls)
        by_call.setdefault(way.at, []).append(tree)
    return dict(by_call)


def _condition(condition: WayCondition) -> str:
    text = condition.text.strip().removeprefix("=").strip()  # FEEL within a modeller's file
    return text if condition.holds else f"not ({text})"


def _bound_scenario(bound: BoundScenario) -> Tree:
    with_step, tasks = bound.bound
    cleanup = {"finally": [_step(each) for each in bound.cleanup]} if bound.cleanup else {}
    return {
        **_scenario(bound.scenario),
        "name": bound.name,
        "item": bound.item,
        **_data(bound),
        **_refusal(bound),
        "tags": list(bound.marks),
        "xfail": bound.xfail,
        "skip": bound.skip,
        "bound": {"tasks": with_step, "of": tasks},
        **({"parallel": True} if bound.after else {}),
        "steps": _steps(bound),
        **cleanup,
    }


def _steps(bound: BoundScenario) -> list[Tree]:
    """The steps; where branches run at once, with the numbers of those that each waits for."""
    steps = [_step(each) for each in bound.steps]
    for tree, waits in zip(steps, bound.after, strict=False):
        tree["after"] = [index + 1 for index in waits]
    return steps


def _data(bound: BoundScenario) -> Tree:
    data = bound.data
    tree: Tree = {
        "data": data.name if data else None,
        "data_file": data.file if data else None,
        "data_reason": bound.data_reason or bound.unmet,
    }
    if bound.verdicts:
        tree["data_sets"] = [
            {
                "name": each.data.name,
                "file": each.data.file,
                "fits": not each.why_not,
                "why_not": list(each.why_not),
            }
            for each in bound.verdicts
        ]
        if bound.unmet:
            nearest = min(bound.verdicts, key=lambda each: len(each.why_not))
            tree["nearest"] = nearest.data.name
    return tree


def _refusal(bound: BoundScenario) -> Tree:
    """Of the item of a negative set the step that refuses it."""
    refused = bound.data.refused if bound.data is not None else None
    return {"refused_by": refused.alias} if refused is not None else {}


def _step(bound: BoundStep) -> Tree:
    step = bound.step
    tree: Tree = {
        "id": step.id,
        "name": step.name,
        "kind": step.kind.value,
        "channel": step.call.channel if step.call else "python",
    }
    if not bound.is_finally:
        where = "leaving" if bound.passage is Passage.LEFT else "at"
        tree |= {where: bound.place, "element": bound.element, "visit": bound.visit}
    if step.call is not None and step.call.endpoint is not None:
        tree["endpoint"] = f"{step.call.endpoint.service} {step.call.endpoint.name}"
    if retry := step.retry.times:
        only = step.retry.only
        tree["retry"] = {
            "times": retry,
            "only": sorted(each.value for each in only) if only is not None else None,
            "backoff": step.retry.backoff,
        }
    if step.always:
        tree["always"] = True
    if needed := _needed_to_arm(bound):
        tree["armed"] = f"once {' and '.join(needed)} is known"
    return tree


def _needed_to_arm(bound: BoundStep) -> Sequence[str]:
    """The results that an assertion's address waits for; empty: it is armed at the start."""
    call = bound.step.call
    if call is None:
        return ()
    addresses = (
        field.references
        for name, field in call.fields.items()
        if call.uses[name] is FieldUse.ADDRESS and isinstance(field, Template)
    )
    return tuple(
        dict.fromkeys(
            ".".join(("step", *map(str, each.path)))
            for each in chain.from_iterable(addresses)
            if each.root == "step"
        )
    )


def _outcome(outcome: TakenOutcome) -> Tree:
    tree: Tree = {"at": outcome.at, "flows": list(outcome.flows)}
    if outcome.event is not None:
        tree["event"] = outcome.event
    if outcome.turns is not None:
        tree["turns"] = outcome.turns
    return tree


def _infeasible(infeasible: Infeasible) -> Tree:
    return {
        "decisions": [_outcome(each) for each in infeasible.decisions],
        "why": infeasible.why,
    }


def _undriven(undriven: Undriven) -> Tree:
    return {**_outcome(undriven.outcome), "scenarios": list(undriven.scenarios)}


def problem_tree(problem: Problem) -> Tree:
    """A problem as a plan has it."""
    at = problem.location
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "element_id": problem.element_id,
        "location": str(at) if at else None,
    }
