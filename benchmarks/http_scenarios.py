"""300 scenarios of five HTTP calls with the contract checked, against the same tests by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orders
import server
from rounds import Figure, compare, interleave, pytest_side

SCENARIOS = 300
TARGET = 1.25


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare walls: ten suites with ten modules, one suite with one module.

    Args:
        folder: empty; the tests are written there.
        rounds: how often each side is measured.
    """
    for files in (10, 1):
        here = folder / f"{files}-files"
        each, says = SCENARIOS // files, f"{SCENARIOS} passed"
        with server.running() as url:
            orders.write_suites(here / "ours", suites=files, scenarios=each, url=url)
            orders.write_by_hand(here / "hand", modules=files, cases=each, url=url)
            ours = pytest_side("ours", here / "ours", orchestra=True, says=says)
            hand = pytest_side("hand", here / "hand", orchestra=False, says=says)
            interleave([ours, hand], rounds)
        yield compare(
            f"run {SCENARIOS} scenarios of 5 HTTP calls, files: {files}",
            ours,
            hand,
            value=lambda sample: sample.wall,
            unit="s",
            target=TARGET,
            ratio=True,
        )
