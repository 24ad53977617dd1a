"""What an ordinary test file pays for our plugin being installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orders
from rounds import Figure, compare, interleave, pytest_side

TARGET = 30.0
TIMES = 4
"""Rounds of this workload for one of the others': it is short, and so is what is looked for."""


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare walls with and without the plugin.

    Args:
        folder: empty; the tests are written there.
        rounds: a fourth of how often each side is measured.
    """
    here = folder / "ordinary"
    orders.write_plain(here, modules=1, cases=1)
    ours = pytest_side("with", here, orchestra=True, says="1 passed")
    other = pytest_side("without", here, orchestra=False, says="1 passed")
    interleave([ours, other], rounds * TIMES)
    yield compare(
        "pytest on an ordinary test file",
        ours,
        other,
        value=lambda sample: sample.wall * 1000,
        unit="ms",
        target=TARGET,
        ratio=False,
    )
