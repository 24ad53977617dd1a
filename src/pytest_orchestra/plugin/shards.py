"""One part of the session's items for each of several jobs, the same on any machine."""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from pytest_orchestra.plugin.state import StateFolder

DURATIONS = "durations.json"
"""What a session's durations are called in its folder."""

_VERSION = 1
_MOST_BYTES = 50_000_000
_MOST_SECONDS = 1e9
_SAID = "orchestra_shard"
_SHARD = re.compile(r"\s*(\d{1,5})\s*/\s*(\d{1,5})\s*", re.ASCII)


class Shard(NamedTuple):
    """Part ``number``, from 1, ``of`` so many."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_shard(text: str, called: str) -> Shard | None:
    """``2/5``; None: nothing was said.

    Raises:
        pytest.UsageError: it is something else.
    """
    if not text:
        return None
    found = _SHARD.fullmatch(text)
    shard = Shard(int(found[1]), int(found[2])) if found else None
    if shard is None or not 1 <= shard.number <= shard.of:
        raise pytest.UsageError(f"{called}: {text!r} is no part: give 1/5 to 5/5")
    return shard


def read_durations(paths: Iterable[Path]) -> Mapping[str, float]:
    """Seconds by item id; a later file goes over an earlier one.

    Raises:
        pytest.UsageError: a file is missing, or is not what a session wrote: jobs that were given
            others would leave items out.
    """
    known: dict[str, float] = {}
    for path in paths:
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise pytest.UsageError(f"--orchestra-durations: {path} is larger than 50 MB")
            held = json.loads(path.read_text("utf-8"))
            known |= {str(name): _seconds(each) for name, each in held["durations"].items()}
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise pytest.UsageError(
                f"--orchestra-durations: {path}: {reason}; all jobs need the same files, else items"
                " are left out"
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise pytest.UsageError(
                f"--orchestra-durations: {path} is no {DURATIONS} of a session, as each leaves one"
                " in its folder of .orchestra"
            ) from error
    return known


def _seconds(value: float | str) -> float:
    seconds = float(value)
    if not 0 <= seconds <= _MOST_SECONDS:  # nor nan, which has no place in an order
        message = f"{value} s"
        raise ValueError(message)
    return seconds


def parts(nodeids: Sequence[str], of: int, durations: Mapping[str, float]) -> list[int]:
    """The part of each item, from 1.

    By a hash of its id; with durations the longest first, each to the part that has least to do,
    an item that has none as long as the others on average.

    Args:
        nodeids: of all items, in any order.
        of: how many parts there are.
        durations: seconds by item id; may know others and not know some.
    """
    hashed = {nodeid: hashlib.sha256(nodeid.encode()).hexdigest() for nodeid in nodeids}
    if not durations:
        return [int(hashed[nodeid], 16) % of + 1 for nodeid in nodeids]
    known = [durations[nodeid] for nodeid in hashed if nodeid in durations]
    usual = math.fsum(known) / len(known) if known else 1.0  # exact: the same in any order
    seconds = {nodeid: durations.get(nodeid, usual) for nodeid in hashed}
    loads = [(0.0, number) for number in range(1, of + 1)]
    part: dict[str, int] = {}
    for nodeid in sorted(seconds, key=lambda each: (-seconds[each], hashed[each])):
        load, number = loads[0]
        part[nodeid] = number
        heapq.heapreplace(loads, (load + seconds[nodeid], number))
    return [part[nodeid] for nodeid in nodeids]


class _Kept(NamedTuple):
    """What became of the items.

    Attributes:
        is_empty: others have all of them.
        unknown, number: how many of how many have no duration.
    """

    is_empty: bool
    unknown: int
    number: int


_SECONDS = pytest.StashKey[Mapping[str, float]]()
_KEPT = pytest.StashKey[_Kept]()


def begin(config: pytest.Config, durations: Iterable[Path]) -> None:
    """Read what parts are balanced by.

    Raises:
        pytest.UsageError: a file cannot be used.
    """
    config.stash[_SECONDS] = read_durations(durations)


def keep_shard(config: pytest.Config, items: list[pytest.Item], shard: Shard) -> None:
    """Deselect what other jobs run."""
    seconds = config.stash[_SECONDS]
    numbers = parts([item.nodeid for item in items], shard.of, seconds)
    others = [item for item, number in zip(items, numbers, strict=True) if number != shard.number]
    mine = [item for item, number in zip(items, numbers, strict=True) if number == shard.number]
    unknown = sum(item.nodeid not in seconds for item in items) if seconds else 0
    config.stash[_KEPT] = kept = _Kept(bool(others) and not mine, unknown, len(items))
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = mine
    if (output := getattr(config, "workeroutput", None)) is not None:
        output[_SAID] = [*kept]


def take_from_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Hear what became of the items: all workers found the same."""
    if said := getattr(node, "workeroutput", {}).get(_SAID):
        node.config.stash[_KEPT] = _Kept(*said)


def end(session: pytest.Session) -> None:
    """A part that got no item is no failure: the other jobs have them."""
    if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        kept = session.config.stash.get(_KEPT, None)
        if kept is not None and kept.is_empty:
            session.exitstatus = pytest.ExitCode.OK


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say how many items parts could not be balanced by."""
    kept = config.stash.get(_KEPT, None)
    if kept is not None and kept.unknown:
        terminal.write_line(
            f"orchestra: --orchestra-durations knows nothing of {kept.unknown} of {kept.number}"
            " items: each counts as the others do on average"
        )


class Durations:
    """Adds up how long items take, and writes it beside the session's events.

    Args:
        folder: the session's.
    """

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder
        self._seconds: dict[str, float] = {}
        self._called: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of an item."""
        before = self._seconds.get(report.nodeid, 0.0)
        self._seconds[report.nodeid] = before + report.duration
        if report.when == "call":
            self._called.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write them, if the session has a folder."""
        folder = self._folder.path
        if not self._called or not self._folder.is_made:
            return
        durations = {name: round(self._seconds[name], 3) for name in sorted(self._called)}
        held = {"version": _VERSION, "durations": durations}
        unfinished = folder / f"{DURATIONS}.part"
        try:
            unfinished.write_text(json.dumps(held, indent=1, ensure_ascii=False), "utf-8")
            unfinished.replace(folder / DURATIONS)
        except OSError as error:
            from pytest_orchestra.plugin.notices import tell

            with contextlib.suppress(OSError):
                unfinished.unlink()
            tell(session.config, f"{folder / DURATIONS} cannot be written: {error.strerror}")
