"""Memory of a session of 1,000 scenarios, against one of a single empty test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orders
import server
from rounds import Figure, compare, interleave, pytest_side

SCENARIOS = 1000
TARGET = 150.0
MOST_ROUNDS = 3
"""Memory hardly varies, and a round is long."""


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare the most memory held: by 1,000 scenarios of five HTTP calls, and by pytest alone.

    Args:
        folder: empty; the tests are written there.
        rounds: how often each side is measured, at most three times.
    """
    for files in (10, 1):
        here = folder / f"{files}-files"
        with server.running() as url:
            orders.write_suites(here / "ours", suites=files, scenarios=SCENARIOS // files, url=url)
            orders.write_plain(here / "empty", modules=1, cases=1)
            ours = pytest_side("ours", here / "ours", orchestra=True, says=f"{SCENARIOS} passed")
            empty = pytest_side("empty", here / "empty", orchestra=False, says="1 passed")
            interleave([ours, empty], min(rounds, MOST_ROUNDS))
        yield compare(
            f"memory of {SCENARIOS} scenarios, files: {files}",
            ours,
            empty,
            value=lambda sample: sample.peak / 2**20,
            unit="MiB",
            target=TARGET,
            ratio=False,
        )
