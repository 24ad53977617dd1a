"""Which data set each scenario of a plan gets, why, and why not the others, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_orchestra.cli.plan_text import title

_GAP = "  "
_MOST_REASONS = 2
_MOST_SETS = 10
"""Sets that do not fit a scenario which are told; JSON has all of them."""


def render_data(plan: dict[str, Any], names: Mapping[str, str]) -> str:
    """Text of one entry of ``orchestra plan --data``, without a last line feed.

    Args:
        plan: as JSON has it.
        names: not needed: conditions have the names of their places.
    """
    del names
    return "\n".join([title(plan), *(line for each in plan["scenarios"] for line in _lines(each))])


def _lines(scenario: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield scenario.get("item", scenario["key"])
    if conditions := scenario["conditions"]:
        yield f"{_GAP}asks: {', '.join(conditions)}"
    if "data" in scenario:
        yield f"{_GAP}data: {_choice(scenario)}"
        yield from _others(scenario)


def _choice(scenario: dict[str, Any]) -> str:
    if scenario["data"] is None:
        return scenario["data_reason"] or scenario["skip"] or "none"
    return f"{scenario['data']} ({scenario['data_file']}): {scenario['data_reason']}"


def _others(scenario: dict[str, Any]) -> Iterator[str]:
    sets: Sequence[dict[str, Any]] = scenario.get("data_sets", ())
    if more := [each["name"] for each in sets if each["fits"] and each["name"] != scenario["data"]]:
        rest = f" and {len(more) - _MOST_SETS} more" if len(more) > _MOST_SETS else ""
        yield f"{_GAP}would fit: {', '.join(more[:_MOST_SETS])}{rest}"
    unfit = [each for each in sets if not each["fits"]]
    for each in unfit[:_MOST_SETS]:
        why = each["why_not"]
        rest = f" and {len(why) - _MOST_REASONS} more" if len(why) > _MOST_REASONS else ""
        yield f"{_GAP}not {each['name']}: {', '.join(why[:_MOST_REASONS])}{rest}"
    if len(unfit) > _MOST_SETS:
        yield f"{_GAP}nor {len(unfit) - _MOST_SETS} more"
