"""Choosing among 1,000 data sets for 100 scenarios that ask 12 conditions each.

Measured in a process of its own, beside one that makes the same sets and ways and chooses nothing;
as one core does it all, the seconds are the processor's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from pytest_orchestra.data.data_sets import DataSet, DataSets, Scope
from pytest_orchestra.expressions.conditions.conditions import parse_condition
from pytest_orchestra.flow.scenario import Scenario, WayCondition
from pytest_orchestra.model import ElementId, SourceLocation
from pytest_orchestra.suite.choosing import Choice, Chooser
from pytest_orchestra.suite.fitting import Fitting
from pytest_orchestra.suite.ways import Way
from rounds import Figure, Side, compare, interleave

SETS = 1000
SCENARIOS = 100
GATEWAYS = 12
TARGET = 0.5

_AT = SourceLocation(file="data.yaml", line=1)


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure the first set that fits, every set that fits, and that none does.

    Args:
        folder: empty; outputs are written there.
        rounds: how often each is measured.
    """
    nothing, *sides = [_side(what, folder) for what in ("nothing", *WORK)]
    interleave([nothing, *sides], rounds)
    for side in sides:
        yield compare(
            f"{SETS} data sets, {SCENARIOS} scenarios: {side.name}",
            side,
            nothing,
            value=lambda sample: sample.cpu,
            unit="s",
            target=TARGET,
            ratio=False,
        )


def _side(what: str, folder: Path) -> Side:
    return Side(
        name=what,
        command=[sys.executable, str(Path(__file__).resolve()), what],
        folder=folder,
        says="chosen",
    )


def _set(number: int) -> DataSet:
    """Whose values take each gateway's high way where the number has that bit."""
    values: dict[str, object] = {
        f"amount_{gateway}": Decimal(2000 if number >> gateway & 1 else number % 997)
        for gateway in range(GATEWAYS)
    }
    values["cards"] = ["tok_visa", "tok_retry" if number % 3 else "tok_giro"]
    name = f"set-{number:04}"
    return DataSet(name=name, values=values, scope=Scope.SUITE, file=_AT.file, location=_AT)


def _way(number: int, limit: int) -> Way:
    """High where the number, spread over those of the sets, has the gateway's bit."""
    bits = number * SETS // SCENARIOS
    conditions = (_condition(gateway, limit, bits) for gateway in range(GATEWAYS))
    key = f"way-{number:03}"
    scenario = Scenario(
        key=key,
        name=key,
        process_id=ElementId("order"),
        moments=(),
        conditions=tuple(conditions),
    )
    return Way(scenario)


def _condition(gateway: int, limit: int, bits: int) -> WayCondition:
    text = f"amount_{gateway} > {limit} and count(cards[item = 'tok_visa']) = 1"
    return WayCondition(
        element=ElementId(f"high_{gateway}"),
        at=ElementId(f"gateway_{gateway}"),
        visit=1,
        text=text,
        holds=bool(bits >> gateway & 1),
        condition=parse_condition(text, "plain"),
    )


def _choose(limit: int = 1000, *, picks_all: bool = False) -> list[Choice]:
    sets = DataSets({data.name: data for data in map(_set, range(SETS))})
    ways = [_way(number, limit) for number in range(SCENARIOS)]
    fitting = Fitting(tuple(sets.by_name.values()))
    chooser = Chooser(sets, sets, fitting, picks_all=picks_all)
    return [choice for way in ways for choice in chooser.choose(fitting.demands(way), ())]


WORK: Mapping[str, Callable[[], list[Choice]]] = {
    "first": _choose,
    "all": lambda: _choose(picks_all=True),
    "none": lambda: _choose(limit=5000),
}


def main() -> int:
    """Choose in one manner.

    Returns:
        1 if not what must be was chosen.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("nothing", *WORK))
    what = parser.parse_args().what
    if what == "nothing":
        made = [*map(_set, range(SETS))], [_way(number, 1000) for number in range(SCENARIOS)]
        print(f"{sum(map(len, made))} made, none chosen")
        return 0
    found = WORK[what]()
    chosen = [choice for choice in found if choice.data is not None]
    print(f"{len(chosen)} chosen, {len(found) - len(chosen)} without")
    return int(len(chosen) < SCENARIOS) if what != "none" else int(len(chosen) > 1)


if __name__ == "__main__":
    sys.exit(main())
