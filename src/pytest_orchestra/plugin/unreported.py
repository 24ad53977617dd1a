"""Scenarios that were begun, and that pytest never came to: counted where people look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from pytest_orchestra.plugin.workers import SHARED

_SAID = "orchestra_unreported"


class Unreported(NamedTuple):
    """How many were cancelled, and how many had ended by themselves."""

    cancelled: int = 0
    ended: int = 0


UNREPORTED = pytest.StashKey[Unreported]()


def take(config: pytest.Config, more: Unreported) -> None:
    """Count more of them; a worker says so to its controller."""
    before = config.stash.get(UNREPORTED, Unreported())
    now = Unreported(before.cancelled + more.cancelled, before.ended + more.ended)
    config.stash[UNREPORTED] = now
    if (output := getattr(config, "workeroutput", None)) is not None:
        output[_SAID] = list(now)


def take_from_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Count those of a worker that ended."""
    said = getattr(node, "workeroutput", {}).get(_SAID)
    if said is not None:
        take(node.config, Unreported(*said))


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say how many they were."""
    cancelled, ended = config.stash.get(UNREPORTED, Unreported())
    told: list[str] = []
    if cancelled:
        told.append(f"{_number(cancelled)} running beside others and cancelled")
    elif workers_cut := sum(_cut_in_workers(config, terminal)):
        told.append(f"{_number(workers_cut)} running and cancelled")
    if ended:
        told.append(f"{_number(ended)} over before pytest came to it")
    if told:
        terminal.write_line(
            f"orchestra: not reported: {', '.join(told)}; the session's events have them",
            yellow=True,
        )


def _number(number: int) -> str:
    return "1 scenario was" if number == 1 else f"{number} scenarios were"


def _cut_in_workers(config: pytest.Config, terminal: pytest.TerminalReporter) -> Iterator[bool]:
    """Of each run that was cut, whether nobody reported it: xdist hears no more after a Ctrl-C."""
    shared = config.stash[SHARED]
    if not (shared.is_hurried and config.getoption("numprocesses", None)):
        return
    from pytest_orchestra.results import LOG

    reports = (each for category in terminal.stats.values() for each in category)
    reported = {each.nodeid for each in reports if getattr(each, "when", "setup") != "setup"}
    try:
        lines = (shared.folder.path / LOG).read_bytes().splitlines()
    except OSError:  # no run was begun
        return
    for line in lines:
        match _read(line) if b"CANCELLED" in line else None:
            case {"event": "run_finished", "run": {"status": "CANCELLED"} as run}:
                yield not any(_is_of(nodeid, run) for nodeid in reported)


def _is_of(nodeid: str, run: dict[str, Any]) -> bool:
    file = str(run["suite_file"]).replace("\\", "/")
    return nodeid.endswith(f"::{run['item']}") and file.endswith(nodeid.partition("::")[0])


def _read(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:  # a kill tore it
        return None
