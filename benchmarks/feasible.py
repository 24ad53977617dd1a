"""Choosing the scenarios of ten exclusive gateways in a chain whose conditions are over data.

Each is measured in a process of its own, with z3 and as if it were not installed, beside one that
only imports the same code; as one core does it all, the seconds are the processor's.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from pytest_orchestra.expressions.conditions.conditions import Condition, parse_condition
from pytest_orchestra.flow.conditions import OutcomeConditions
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import ElementId, Process
from rounds import BenchmarkError, Figure, Side, compare, interleave
from shapes import diamonds

GATEWAYS = 10
CONDITIONS: Mapping[str, Callable[[int], str]] = {
    "one name": lambda number: f"amount > {100 * (number * 3 % GATEWAYS)}",
    "several names": lambda number: (
        f"amount + {number} * weight > {10 * number} and pieces >= {number % 4}"
        if number % 2
        else f"weight > {5 * number} or pieces < {number}"
    ),
}
CRITERIA = (Criterion.BRANCHES, Criterion.PATHS)
SECONDS = {"with z3": 1.0, "without z3": 3.0}
"""Targets."""
MOST_ROUNDS = 3


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure each kind of conditions under each criterion, start-up taken off the seconds.

    Args:
        folder: empty; outputs are written there.
        rounds: how often each is measured, at most three times.
    """
    if find_spec("z3") is None:
        raise BenchmarkError("z3 is not installed")
    nothing = _side("nothing", folder)
    for names in CONDITIONS:
        for criterion in CRITERIA:
            sides = {solver: _side(names, folder, criterion, solver) for solver in SECONDS}
            nothing.samples.clear()
            interleave([nothing, *sides.values()], min(rounds, MOST_ROUNDS))
            for solver, side in sides.items():
                yield compare(
                    f"{criterion.value}: conditions over {names}, {solver}",
                    side,
                    nothing,
                    value=lambda sample: sample.cpu,
                    unit="s",
                    target=SECONDS[solver],
                    ratio=False,
                )


def _side(names: str, folder: Path, criterion: Criterion | None = None, solver: str = "") -> Side:
    what = [names, criterion.value, solver] if criterion else []
    return Side(
        name="-".join(what or ["nothing"]).replace(" ", "-"),
        command=[sys.executable, str(Path(__file__).resolve()), *what],
        folder=folder,
        says="scenarios",
    )


def conditions_of(process: Process, names: str) -> OutcomeConditions:
    """A condition on one flow of each gateway; the other is taken where it does not hold."""
    ways = Counter(flow.source for flow in process.flows)
    found: dict[ElementId, Condition] = {}
    gateways: set[ElementId] = set()
    for flow in process.flows:
        if ways[flow.source] > 1 and flow.source not in gateways:
            gateways.add(flow.source)
            found[flow.id] = parse_condition(CONDITIONS[names](len(gateways)))
    constants = frozenset(path[0] for condition in found.values() for path in condition.names)
    return OutcomeConditions(by_element=found, constants=constants)


def main() -> int:
    """Choose the feasible scenarios by one criterion.

    Returns:
        1 if no scenario is feasible, or all ways are.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="?", choices=CONDITIONS)
    parser.add_argument("criterion", nargs="?", type=Criterion, default=Criterion.BRANCHES)
    parser.add_argument("solver", nargs="?", choices=SECONDS, default="with z3")
    arguments = parser.parse_args()
    if not arguments.names:
        print("no scenarios wanted")
        return 0
    if arguments.solver == "without z3":
        sys.modules["z3"] = None  # type: ignore[assignment]  # as if it were not installed
    process = diamonds(GATEWAYS)
    conditions = conditions_of(process, arguments.names)
    found = generate_scenarios(process, criterion=arguments.criterion, conditions=conditions)
    number = len(found.scenarios)
    print(f"{number} feasible scenarios")
    return int(not 0 < number < 2**GATEWAYS)


if __name__ == "__main__":
    sys.exit(main())
