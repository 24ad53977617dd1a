"""Runs processes side by side, in turns, and says how long each took and how much memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter

DEADLINE = 600.0
"""Seconds after which a process that is being measured is killed."""

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_KEPT_PLUGINS = frozenset({"asyncio", "anyio", "orchestra"})
_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class BenchmarkError(Exception):
    """What was to be measured did not run as it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run of a process.

    Attributes:
        wall: seconds from start to end, start-up included.
        peak: most memory held at once, in bytes.
        cpu: seconds that it kept processors busy.
    """

    wall: float
    peak: int
    cpu: float = 0.0


@dataclass(slots=True, kw_only=True)
class Side:
    """One of the things compared.

    Attributes:
        command: what is run; its last line must contain ``says``, else nothing was measured.
        folder: where it runs.
        variables: beside a few that every process needs.
    """

    name: str
    command: Sequence[str]
    folder: Path
    says: str
    variables: Mapping[str, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """Median of the walls."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def peak(self) -> float:
        """Median of the peaks."""
        return statistics.median(sample.peak for sample in self.samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A line of the table.

    Attributes:
        ours, other: medians, in ``unit``.
        result: ratio or difference of the two.
        target: at most that; None where a line is there for comparison only.
        spread: smallest and largest result of single rounds, or quartiles of single waits.
    """

    metric: str
    unit: str
    ours: float
    other: float
    result: float
    result_unit: str
    target: float | None
    spread: tuple[float, float]

    @property
    def is_met(self) -> bool:
        """Whether the target is met; a line without one always is."""
        return self.target is None or self.result <= self.target


def interleave(sides: Sequence[Side], rounds: int) -> None:
    """Run each side once unmeasured, then all in turns; every other round backwards.

    Raises:
        BenchmarkError: a side did not say what it must.
    """
    for side in sides:
        run(side)
    for turn in range(rounds):
        for side in sides if turn % 2 == 0 else reversed(sides):
            side.samples.append(run(side))


def run(side: Side) -> Sample:
    """Run a side once.

    Raises:
        BenchmarkError: it did not say what it must.
    """
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    variables = {**kept, "PYTHONUTF8": "1", **side.variables}
    output = side.folder / f"{side.name}.out"
    with output.open("wb") as file:
        began = perf_counter()
        process = subprocess.Popen(
            side.command, cwd=side.folder, env=variables, stdout=file, stderr=subprocess.STDOUT
        )
        watchdog = threading.Timer(DEADLINE, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = perf_counter() - began
        watchdog.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    text = output.read_text(encoding="utf-8", errors="replace").strip()
    if process.returncode != 0 or side.says not in text.rpartition("\n")[2]:
        tail = text[-3000:]
        raise BenchmarkError(
            f"{side.name}: exit code {process.returncode}, last line without {side.says!r}:\n{tail}"
        )
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(wall=wall, peak=usage.ru_maxrss * _RSS_UNIT, cpu=cpu)


def pytest_side(
    name: str,
    folder: Path,
    *arguments: str,
    orchestra: bool,
    says: str,
    variables: Mapping[str, str] | None = None,
) -> Side:
    """Pytest as an installation of this package alone has it: no plugin but asyncio and anyio.

    Args:
        name: of the side.
        folder: with the tests.
        arguments: of pytest, beside ``-q``.
        orchestra: whether our plugin is loaded.
        says: what its last line must contain.
        variables: of the process.
    """
    kept = _KEPT_PLUGINS if orchestra else _KEPT_PLUGINS - {"orchestra"}
    names = {entry.name for entry in entry_points(group="pytest11")} - kept
    blocked = [word for name in sorted(names) for word in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", *blocked, "-q", *arguments]
    return Side(name=name, command=command, folder=folder, says=says, variables=variables or {})


def compare(
    metric: str,
    ours: Side,
    other: Side,
    *,
    value: Callable[[Sample], float],
    unit: str,
    target: float | None,
    ratio: bool,
) -> Figure:
    """Compare two sides that ran in the same rounds."""

    def result(one: float, two: float) -> float:
        return one / two if ratio else one - two

    mine = [value(sample) for sample in ours.samples]
    theirs = [value(sample) for sample in other.samples]
    single = [result(one, two) for one, two in zip(mine, theirs, strict=True)]
    median_mine, median_theirs = statistics.median(mine), statistics.median(theirs)
    return Figure(
        metric=metric,
        unit=unit,
        ours=median_mine,
        other=median_theirs,
        result=result(median_mine, median_theirs),
        result_unit="x" if ratio else unit,
        target=target,
        spread=(min(single), max(single)),
    )
