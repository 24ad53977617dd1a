"""Collecting 1,000 scenario items, against 1,000 parametrised functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orders
from rounds import Figure, compare, interleave, pytest_side

ITEMS = 1000
TARGET = 3.0

_UNUSED = "http://127.0.0.1:9"


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare walls: ten suites with ten modules, one suite with one module.

    Args:
        folder: empty; the tests are written there.
        rounds: how often each side is measured.
    """
    for files in (10, 1):
        here = folder / f"{files}-files"
        each, says = ITEMS // files, f"{ITEMS} tests collected"
        orders.write_suites(here / "ours", suites=files, scenarios=each, url=_UNUSED)
        orders.write_plain(here / "plain", modules=files, cases=each)
        ours = pytest_side("ours", here / "ours", "--collect-only", orchestra=True, says=says)
        plain = pytest_side("plain", here / "plain", "--collect-only", orchestra=False, says=says)
        interleave([ours, plain], rounds)
        yield compare(
            f"collect {ITEMS} scenarios, files: {files}",
            ours,
            plain,
            value=lambda sample: sample.wall,
            unit="s",
            target=TARGET,
            ratio=True,
        )
