"""``--orchestra-resume``: what has a final result in an earlier session does not run again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_orchestra.plugin.environments import chosen_environment
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.option_table import STEPPING
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.state import sessions_before
from pytest_orchestra.plugin.workers import SHARED
from pytest_orchestra.results import LOG, RunStatus, StepStatus

_SAID = "orchestra_resumed"
_PASSED, _FAILED, _FLAKY = RunStatus.PASSED.value, RunStatus.FAILED.value, StepStatus.FLAKY.value
_SHOWN = 5
_GREEN = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


class _Key(NamedTuple):
    """What tells one item's runs from another's."""

    file: str
    process: str
    item: str


class _Final(NamedTuple):
    """How an item ended: PASSED, FAILED, or FLAKY where a step passed only on a retry."""

    end: str
    fingerprint: str


@dataclass(slots=True)
class _Earlier:
    """What one session's log says: the item of each run, and how it ended, if it did."""

    name: str
    environment: str = ""
    mode: str = ""
    resumes: str = ""
    runs: dict[str, _Key] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    flaky: set[str] = field(default_factory=set)

    def take(self, event: dict[str, Any]) -> None:
        match event:
            case {"event": "session_started"}:
                self.environment = event.get("environment", "")
                self.mode = event.get("mode", "")
                self.resumes = str(event.get("resumes", ""))
            case {"event": "run_started", "run": run}:
                self.runs[run["id"]] = _Key(run["suite_file"], run["process_id"], run["item"])
                self.fingerprints[run["id"]] = run.get("fingerprint", "")
            case {"event": "run_finished", "run": run}:
                self.ends.setdefault(run["id"], run["status"])  # it may be overruled before
            case {"event": "run_overruled", "run_id": str(run)}:
                self.ends[run] = _FAILED
            case {"event": "step_finished", "run_id": run, "step": {"status": str(status)}}:
                if status == _FLAKY:
                    self.flaky.add(run)

    @property
    def final(self) -> dict[_Key, _Final]:
        """Of items whose last run came to its end."""
        ends = {
            key: _Final(self._end(run), self.fingerprints[run]) for run, key in self.runs.items()
        }
        return {key: last for key, last in ends.items() if last.end in (_PASSED, _FAILED, _FLAKY)}

    def _end(self, run: str) -> str:
        end = self.ends.get(run, "")
        return _FLAKY if end == _PASSED and run in self.flaky else end

    @property
    def in_flight(self) -> list[_Key]:
        return [key for run, key in self.runs.items() if run not in self.ends]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What was left out, and why.

    Attributes:
        session: that is gone on with; empty: none was found.
        left_out, failed, flaky: how many scenarios have a final result there, and of those that
            failed, or passed with a FLAKY step.
        changed: how many have one, but their way or steps are others now, so that they run again.
        in_flight: names of items that ran when it ended.
    """

    session: str = ""
    left_out: int = 0
    failed: int = 0
    flaky: int = 0
    changed: int = 0
    in_flight: tuple[str, ...] = ()


RESUMED = pytest.StashKey[Resumed]()


def leave_out_finished(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the scenarios that have a final result in the last session of the same suites.

    What is expected to fail runs again: its log has no say, pytest judges it.
    """
    folder = config.stash[SHARED].folder
    wanted = {_key(item): item for item in items if isinstance(item, ScenarioItem)}
    logs = {name: folder.root / name / LOG for name in sessions_before(folder)}
    last = _last(logs, wanted.keys(), chosen_environment(config))
    if last is None:
        _keep(config, Resumed())
        return
    final = dict(last.final)
    before = last
    while before.resumes in logs:
        before = _read(before.resumes, logs.pop(before.resumes))
        final = {**before.final, **final}
    known = {
        item: final[key]
        for key, item in wanted.items()
        if key in final and item.get_closest_marker("xfail") is None
    }
    done = {
        item: last.end for item, last in known.items() if last.fingerprint == item.bound.fingerprint
    }
    if done:
        config.hook.pytest_deselected(items=[item for item in items if item in done])
        items[:] = [item for item in items if item not in done]
    _keep(
        config,
        Resumed(
            session=last.name,
            left_out=len(done),
            failed=list(done.values()).count(_FAILED),
            flaky=list(done.values()).count(_FLAKY),
            changed=len(known) - len(done),
            in_flight=tuple(key.item for key in last.in_flight if key in wanted),
        ),
    )


def _last(logs: dict[str, Path], wanted: Any, environment: str) -> _Earlier | None:  # noqa: ANN401 - a view of keys
    """The newest session that ran one of the suites as a whole against the environment."""
    files = {key.file for key in wanted}
    for name in sorted(logs, reverse=True):
        earlier = _read(name, logs[name])
        is_same = earlier.environment == environment and earlier.mode not in STEPPING
        if is_same and any(key.file in files for key in earlier.runs.values()):
            return earlier
    return None


def _read(name: str, path: Path) -> _Earlier:
    earlier = _Earlier(name)
    for event in _events(path):
        with suppress(KeyError, TypeError):  # no line of ours
            earlier.take(event)
    return earlier


def _events(path: Path) -> Iterator[dict[str, Any]]:
    """The events that can be read: a kill may tear a line."""
    try:
        with path.open("rb") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield event
    except OSError:  # gone, or never written
        return


def _key(item: ScenarioItem) -> _Key:
    return _Key(str(item.suite.file), item.suite.process_id, item.bound.item)


def _keep(config: pytest.Config, resumed: Resumed) -> None:
    config.stash[RESUMED] = resumed
    if (output := getattr(config, "workeroutput", None)) is not None:
        output[_SAID] = asdict(resumed)


def take_from_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Hear what a worker left out: all of them leave out the same."""
    said = getattr(node, "workeroutput", {}).get(_SAID)
    if said is not None:
        node.config.stash[RESUMED] = Resumed(**said)


def end(session: pytest.Session) -> None:
    """Let the exit status be that of both sessions: what failed before has not passed now."""
    resumed = session.config.stash.get(RESUMED, None)
    if resumed is None or session.exitstatus not in _GREEN:
        return
    fails_flaky = session.config.stash[OPTIONS].fail_flaky
    if resumed.failed or (resumed.flaky and fails_flaky):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif resumed.left_out:
        session.exitstatus = pytest.ExitCode.OK


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say what was gone on with."""
    resumed = config.stash.get(RESUMED, None)
    if resumed is None:
        return
    if not resumed.session:
        terminal.write_line(
            "orchestra: nothing to resume: no earlier session ran these suites against this"
            " environment",
            yellow=True,
        )
        return
    counted = ((resumed.failed, _FAILED), (resumed.flaky, _FLAKY))
    ends = "".join(f", {number} of them {end}" for number, end in counted if number)
    more = len(resumed.in_flight) - _SHOWN
    names = ", ".join(resumed.in_flight[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    others = f"; {resumed.changed} changed since and run again" if resumed.changed else ""
    was = f"; in flight when it ended: {names}" if names else ""
    terminal.write_line(
        f"orchestra: resumed {resumed.session}: {resumed.left_out} with a final result left out"
        f"{ends}{others}{was}"
    )
