"""Choosing scenarios of processes with too many ways: seconds and memory of each criterion.

Each is measured in a process of its own, beside one that only imports the same code; as one core
does it all, the seconds are the processor's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from rounds import Figure, Side, compare, interleave
from shapes import SHAPES

SECONDS = {Criterion.FLOWS: 1.0}
"""Target by criterion; else the next."""
MOST_SECONDS = 5.0
MOST_MEMORY = 300.0
"""Megabytes."""
MOST_ROUNDS = 3
"""Each of many models and criteria is measured."""


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure each shape under each criterion, start-up taken off the seconds.

    Args:
        folder: empty; outputs are written there.
        rounds: how often each is measured, at most three times.
    """
    nothing = _side("nothing", folder)
    for name in SHAPES:
        sides = [_side(name, folder, criterion) for criterion in Criterion]
        nothing.samples.clear()
        interleave([nothing, *sides], min(rounds, MOST_ROUNDS))
        for criterion, side in zip(Criterion, sides, strict=True):
            yield compare(
                f"{criterion.value}: {name}",
                side,
                nothing,
                value=lambda sample: sample.cpu,
                unit="s",
                target=SECONDS.get(criterion, MOST_SECONDS),
                ratio=False,
            )
            yield _memory(f"{criterion.value}: {name}, memory in all", side, nothing)


def _memory(metric: str, side: Side, nothing: Side) -> Figure:
    peaks = [sample.peak / 2**20 for sample in side.samples]
    return Figure(
        metric=metric,
        unit="MiB",
        ours=side.peak / 2**20,
        other=nothing.peak / 2**20,
        result=side.peak / 2**20,
        result_unit="MiB",
        target=MOST_MEMORY,
        spread=(min(peaks), max(peaks)),
    )


def _side(shape: str, folder: Path, criterion: Criterion | None = None) -> Side:
    what = [shape, criterion.value] if criterion else []
    return Side(
        name=f"{shape}-{criterion.value}" if criterion else shape,
        command=[sys.executable, str(Path(__file__).resolve()), *what],
        folder=folder,
        says="covered",
    )


def main() -> int:
    """Choose the scenarios of one shape by one criterion.

    Returns:
        1 if a flow is missing that a run can take.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", nargs="?", choices=SHAPES)
    parser.add_argument("criterion", nargs="?", type=Criterion, default=Criterion.BRANCHES)
    arguments = parser.parse_args()
    if not arguments.shape:
        print("nothing to be covered")
        return 0
    process = SHAPES[arguments.shape]()
    found = generate_scenarios(process, criterion=arguments.criterion)
    coverage, left = found.coverage, found.left_out
    bound = "" if left.exact else "at least "
    print(
        f"{len(found.scenarios)} scenarios, {bound}{left.number} left out,"
        f" {coverage.covered} of {coverage.reachable} flows covered"
    )
    return int(coverage.covered < coverage.reachable)


if __name__ == "__main__":
    sys.exit(main())
