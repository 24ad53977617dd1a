"""A plan as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

_GAP = "  "
_MAX_NAME = 60
_TOLD_ABOVE = ("twins", "undriven")


def render_plan(plan: dict[str, Any], names: Mapping[str, str]) -> str:
    """Text of one entry of ``orchestra plan``, without a last line feed.

    Args:
        plan: as JSON has it, with ids.
        names: how elements are shown, by id; an id without a name stands as it is.
    """
    return "\n".join(_lines(plan, names))


def _lines(plan: dict[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    yield title(plan)
    yield from _coverage(plan["coverage"]["flows"], names)
    yield ""
    yield from _table([_head(plan), *(_row(each) for each in plan["scenarios"])])
    yield from _findings(plan, names)


def title(plan: dict[str, Any]) -> str:
    """The first line of a plan."""
    file = plan.get("suite_file", plan["process_file"])
    number = len(plan["scenarios"])
    return (
        f"{file}: process {plan['process_id']}, criterion {plan['criterion']},"
        f" {number} scenario{'' if number == 1 else 's'}"
    )


def _coverage(flows: dict[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    unreachable = flows["total"] - flows["reachable"]
    note = f", {unreachable} cannot be reached" if unreachable else ""
    yield f"flows: {flows['covered']} of {flows['total']} covered{note}"
    for each in flows["uncovered"]:
        yield f"{_GAP}not covered: {names.get(each['id'], each['id'])}: {each['why']}"


def _head(plan: dict[str, Any]) -> Sequence[str]:
    return ("KEY", "NAME", "STEPS", "DATA") if "suite_file" in plan else ("KEY", "NAME")


def _row(scenario: dict[str, Any]) -> Sequence[str]:
    name = scenario["name"]
    shown = name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"
    if "steps" not in scenario:
        return scenario["key"], shown
    note = f" (skipped: {scenario['skip']})" if scenario["skip"] else ""
    data = scenario["data"] or ("none fits" if scenario["data_reason"] else "-")
    steps = str(len(scenario["steps"])) + (" in parallel" if "parallel" in scenario else "")
    if cleanup := scenario.get("finally"):
        steps += f" + {len(cleanup)} finally"
    return scenario["item"], shown, steps, f"{data}{note}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters and emoji take two, combining marks none."""
    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)


def _findings(plan: dict[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    found = [
        *(
            f"cannot be: {_ways(each['decisions'], names)}{each['why']}"
            for each in plan["infeasible"]
        ),
        *_undriven(plan["undriven"], names),
        *(f"run the same: {', '.join(keys)}" for keys in plan["twins"]),
        *_left_out(plan["left_out"]),
        *_armed_late(plan["scenarios"]),
        *_tried_again(plan["scenarios"]),
        *(_problem(each) for each in plan["problems"] if each["code"] not in _TOLD_ABOVE),
    ]
    if found:
        yield ""
        yield from found


def _undriven(outcomes: Sequence[dict[str, Any]], names: Mapping[str, str]) -> Iterator[str]:
    for each in outcomes:
        keys = each["scenarios"]
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        yield f"nothing leads to: {_way(each, names)} ({keys[0]}{more})"


def _ways(decisions: Sequence[dict[str, Any]], names: Mapping[str, str]) -> str:
    ways = " with ".join(_way(each, names) for each in decisions)
    return f"{ways}: " if ways else ""


def _way(decision: dict[str, Any], names: Mapping[str, str]) -> str:
    """An event is called by its own name; a flow's says where it comes from."""
    taken = [decision["event"]] if "event" in decision else decision["flows"] or [decision["at"]]
    turns = f" x{decision['turns']}" if "turns" in decision else ""
    return ", ".join(names.get(each, each) for each in taken) + turns


def _left_out(left_out: dict[str, Any]) -> Iterator[str]:
    bound = "" if left_out["exact"] else "at least "
    if left_out["number"]:
        yield f"left out: {bound}{left_out['number']} scenarios past max_scenarios"
    elif bound:
        yield "left out: there may be more scenarios than could be looked at"


def _steps(scenarios: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for scenario in scenarios:
        yield from scenario.get("steps", ())
        yield from scenario.get("finally", ())


def _armed_late(scenarios: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield from dict.fromkeys(
        f"'{step['name']}' is armed {step['armed']}"
        for step in _steps(scenarios)
        if "armed" in step
    )


def _tried_again(scenarios: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield from dict.fromkeys(
        f"'{step['name']}' is tried again {_times(step['retry'])}"
        for step in _steps(scenarios)
        if "retry" in step
    )


def _times(retry: dict[str, Any]) -> str:
    times = "once" if retry["times"] == 1 else f"up to {retry['times']} times"
    return f"{times} after {' or '.join(retry['only'])}" if retry["only"] else times


def _problem(problem: dict[str, Any]) -> str:
    where = f"{problem['location']}: " if problem["location"] else ""
    hint = f". {problem['hint']}" if problem["hint"] else ""
    return f"{where}{problem['severity']}[{problem['code']}] {problem['message']}{hint}"
