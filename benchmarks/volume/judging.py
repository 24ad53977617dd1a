"""Compares what a session's documents say of every scenario with what had to become of it."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from effects import Defect, Order, defect_of

_REPORT = "import sys; from pytest_orchestra.cli import main; sys.exit(main())"


class Wrong(NamedTuple):
    """One outcome that is not what it had to be."""

    kind: str
    item: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.item}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A session's outcomes."""

    items: int
    defects: int
    wrong: list[Wrong]


def judge(folder: Path, seed: int, wanted: Sequence[Order]) -> Judged:
    """Judge the session that was run in a folder.

    Args:
        folder: with ``.orchestra`` and ``junit.xml``.
        seed: of the run.
        wanted: the orders, each of them once.
    """
    runs = _runs(folder)
    defects = {order.reference: defect_of(seed, order) for order in wanted}
    wrong = [each for run in runs for each in outcome(run, defects.get(str(run.get("data_set"))))]
    number = Counter(str(run.get("data_set")) for run in runs)
    wrong += [
        Wrong("lost", order.reference, f"it ran {number[order.reference]} times")
        for order in wanted
        if number[order.reference] != 1
    ]
    wrong += _told_otherwise(folder, runs)
    return Judged(items=len(runs), defects=sum(map(bool, defects.values())), wrong=wrong)


def outcome(run: Mapping[str, Any], defect: Defect | None) -> Iterator[Wrong]:
    """What is wrong with one run, if something is.

    Args:
        run: a TestRun document.
        defect: that its order met.
    """
    expected = defect.expected if defect is not None else {}
    found = {
        step["element"]: frozenset(each["type"] for each in step["violations"])
        for step in run["steps"]
        if step["status"] != "PASSED"
    }
    name = f"{run['item']} ({defect.name})" if defect is not None else run["item"]
    for element in sorted({*expected, *found}):
        if element not in found:
            yield Wrong("false green", name, f"{element} passed")
        elif element not in expected:
            yield Wrong("false red", name, f"{element}: {_told(run, element)}")
        elif found[element] != expected[element]:
            yield Wrong("wrong violation", name, f"{element}: {_told(run, element)}")
    if run["status"] != ("FAILED" if found else "PASSED"):
        yield Wrong("lost", name, f"it is {run['status']}")


def _told(run: Mapping[str, Any], element: str) -> str:
    steps = [step for step in run["steps"] if step["element"] == element]
    violations = [f"{each['type']}: {each['message']}" for each in steps[0]["violations"]]
    return " | ".join([*violations, *steps[0]["notes"]])[:1000]


def _runs(folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-c", _REPORT, "report", "--format", "json"]
    report = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if report.returncode:
        return []
    runs: list[dict[str, Any]] = json.loads(report.stdout)["runs"]
    return runs


def _told_otherwise(folder: Path, runs: Sequence[Mapping[str, Any]]) -> Iterator[Wrong]:
    """Where pytest told another outcome of an item than the run's document has."""
    path = folder / "junit.xml"
    cases = list(ET.parse(path).getroot().iter("testcase")) if path.exists() else []  # noqa: S314 - ours
    told = {
        str(case.get("name")): case.find("failure") is None and case.find("error") is None
        for case in cases
    }
    for run in runs:
        if told.get(run["item"]) is not (run["status"] == "PASSED"):
            yield Wrong("lost", run["item"], f"{run['status']}, and JUnit tells it otherwise")
