"""``orchestra data recommend``: which sets a suite lacks, and what those that it has are for."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pytest_orchestra.cli.data_suites import read_suite_data
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.making.made import Values
from pytest_orchestra.suite.making.suites import SuiteData
from pytest_orchestra.suite.making.ways import NoValuesError, WayData, way_values

SUMMARY = "Tell which data sets a suite lacks, and which scenarios each set covers."

Tree = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("suite", type=Path, metavar="SUITE", help="suite file")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what the sets cover, what is missing, and what nobody uses.

    Returns:
        0; 1 where a scenario has no set that takes its way.

    Raises:
        OrchestraError: the suite or a file that it names is wrong.
    """
    _, bound, data = read_suite_data(arguments.suite, seed=0)
    tree = recommendation(bound, data)
    if arguments.format == "json":
        print(json.dumps(tree, indent=2, ensure_ascii=False, default=_number))
    else:
        print("\n".join(_lines(tree)))
    return 1 if tree["missing"] else 0


def recommendation(bound: BoundSuite, data: SuiteData) -> Tree:
    """What there is to say of a suite's data, as a JSON-like tree."""
    covering = data.covering()
    takes: dict[str, list[str]] = {each.name: [] for each in data.sets if each.refused is None}
    for way in data.ways:
        for each in data.fitting(way):
            takes[each.name].append(way.key)
    return {
        "sets": [
            {"name": each.name, "file": each.file, "covers": takes.get(each.name, [])}
            | ({"refused_by": each.refused.alias} if each.refused else {})
            for each in data.sets
        ],
        "missing": [_missing(way) for way in data.ways if way.key not in covering],
        "undriven": [
            {"outcome": each.name, "scenarios": list(each.scenarios)} for each in bound.undriven
        ],
        "unused": [name for name, keys in takes.items() if not keys],
    }


def _missing(way: WayData) -> Tree:
    tree: Tree = {
        "scenario": way.key,
        "conditions": list(dict.fromkeys(map(str, way.asked.questions))),
    }
    if way.asked.unread:
        return {**tree, "why": f"its condition `{way.asked.unread[0].text}` cannot be read"}
    try:
        return {**tree, "example": way_values(way)}
    except NoValuesError as error:
        return {**tree, "why": str(error)}


def _lines(tree: Tree) -> Iterator[str]:
    for each in tree["sets"]:
        if "refused_by" in each:
            yield f"{each['name']}: is refused by {each['refused_by']}"
        elif each["covers"]:
            yield f"{each['name']}: {', '.join(each['covers'])}"
    for name in tree["unused"]:
        yield f"{name}: takes no scenario's way"
    for each in tree["missing"]:
        asked = f" needs {' and '.join(each['conditions'])}" if each["conditions"] else ""
        yield f"missing for {each['scenario']}:{asked or ' any data'}"
        yield f"  {each['why']}" if "why" in each else f"  such as {_shown(each['example'])}"
    for each in tree["undriven"]:
        yield f"nothing leads to '{each['outcome']}' in {', '.join(each['scenarios'])}"
    number = len(tree["missing"])
    noun = "set is" if number == 1 else "sets are"
    yield f"{number} {noun} missing" if number else "every scenario has its data"


def _shown(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, default=_number)


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
