"""Measures how fast the plugin is, side by side with doing without it, and prints a table.

Run by ``tox -e bench``, or ``python benchmarks/run.py [--rounds N] [--only NAME] [--fail]``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import at_once
import bounded
import choosing
import collecting
import corpus
import feasible
import http_scenarios
import kafka_waits
import memory
import start_up
from rounds import BenchmarkError, Figure

WORKLOADS = {
    "http": http_scenarios,
    "choose": choosing,
    "collect": collecting,
    "start-up": start_up,
    "kafka": kafka_waits,
    "memory": memory,
    "at-once": at_once,
    "bounded": bounded,
    "corpus": corpus,
    "feasible": feasible,
}
_PACKAGES = ("pytest", "pytest-asyncio", "httpx", "jsonschema-rs", "aiokafka", "uvicorn")
_HEAD = ("metric", "ours", "other", "result", "spread", "target", "met")


def main() -> int:
    """Measure what was asked for.

    Returns:
        1 if something could not be measured; with ``--fail`` also if a target is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="measured rounds (default 9)")
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="may be repeated")
    parser.add_argument("--fail", action="store_true", help="exit 1 where a target is missed")
    arguments = parser.parse_args()
    print(describe_machine())
    figures: list[Figure] = []
    broken = False
    for name in arguments.only or WORKLOADS:
        print(f"... {name}", file=sys.stderr, flush=True)
        try:
            figures.extend(_measured(name, arguments.rounds))
        except BenchmarkError as error:
            broken = True
            print(f"{name} could not be measured: {error}", file=sys.stderr)
    print(f"medians of {arguments.rounds} interleaved rounds\n")
    print(table(figures))
    missed = any(not figure.is_met for figure in figures)
    return int(broken or (arguments.fail and missed))


def _measured(name: str, rounds: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="orchestra-bench-") as folder:
        yield from WORKLOADS[name].measure(Path(folder), rounds)


def describe_machine() -> str:
    """Say what the figures were measured on."""
    versions = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return (
        f"{dt.datetime.now(dt.UTC).date()}; {platform.platform()}; {_processor()},"
        f" {os.cpu_count()} cores; Python {platform.python_version()}; {versions}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(figures: Sequence[Figure]) -> str:
    """Lay the figures out as a Markdown table."""
    rows = [_HEAD, *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    low, high = figure.spread
    unit = figure.result_unit
    met = "yes" if figure.is_met else "NO"
    return (
        figure.metric,
        f"{figure.ours:.4g} {figure.unit}",
        f"{figure.other:.4g} {figure.unit}",
        f"{figure.result:.3g} {unit}",
        f"{low:.3g} to {high:.3g}",
        f"≤ {figure.target:g} {unit}" if figure.target is not None else "",
        met if figure.target is not None else "",
    )


if __name__ == "__main__":
    sys.exit(main())
