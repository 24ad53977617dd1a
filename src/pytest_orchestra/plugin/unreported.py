"""Scenarios that were begun, and that pytest never came to: counted where people look."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

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
    if ended:
        told.append(f"{_number(ended)} over before pytest came to it")
    if told:
        terminal.write_line(
            f"orchestra: not reported: {', '.join(told)}; the session's events have them",
            yellow=True,
        )


def _number(number: int) -> str:
    return "1 scenario was" if number == 1 else f"{number} scenarios were"
