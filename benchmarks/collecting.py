"""Collecting 1,000 scenario items, against 1,000 parametrised functions.

The functions are as cheap as they can be: their modules import pytest and nothing else. The same
scenarios written by hand import an HTTP client and a schema checker; they are there to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orders
from rounds import Figure, compare, interleave, pytest_side

ITEMS = 1000
TARGET = 3.0

_UNUSED = "http://127.0.0.1:9"


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Compare walls: ten suites with ten modules, one suite with one module, plain and by hand.

    Args:
        folder: empty; the tests are written there.
        rounds: how often each side is measured.
    """
    for files in (10, 1):
        here = folder / f"{files}-files"
        each, says = ITEMS // files, f"{ITEMS} tests collected"
        orders.write_suites(here / "ours", suites=files, scenarios=each, url=_UNUSED)
        orders.write_plain(here / "plain", modules=files, cases=each)
        orders.write_by_hand(here / "hand", modules=files, cases=each, url=_UNUSED)
        ours, plain, hand = sides = [
            pytest_side(name, here / name, "--collect-only", orchestra=name == "ours", says=says)
            for name in ("ours", "plain", "hand")
        ]
        interleave(sides, rounds)
        for what, other, target in (("functions", plain, TARGET), ("same by hand", hand, None)):
            yield compare(
                f"collect {ITEMS} scenarios / {what}, files: {files}",
                ours,
                other,
                value=lambda sample: sample.wall,
                unit="s",
                target=target,
                ratio=True,
            )
