"""What tells that suites would lie, shown once at the end of the session, also under xdist.

It is told of what runs: a suite of which one scenario was selected has no say for the others.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_orchestra.suite.bound import BoundSuite

_OUTPUT = "orchestra_findings"
_MOST_LINES = 20
_MOST_KEYS = 5


class Findings:
    """Gathers what was found in the suites of a session; workers hand theirs to the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._suites: list[tuple[str, BoundSuite]] = []
        self._undriven: dict[str, None] = {}
        self._twins: dict[str, None] = {}

    def add(self, suite: str, bound: BoundSuite) -> None:
        """Take down a suite, if anything was found in it.

        Args:
            suite: its file, as people call it.
            bound: the suite.
        """
        if bound.undriven or bound.twins:
            self._suites.append((suite, bound))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep what is about a scenario that was selected."""
        if not self._suites:
            return
        from pytest_orchestra.plugin.items import ScenarioItem

        scenarios = [item for item in session.items if isinstance(item, ScenarioItem)]
        selected = {(id(item.suite), item.bound.scenario.key) for item in scenarios}
        for suite, bound in self._suites:
            self._keep(suite, bound, {key for of, key in selected if of == id(bound)})

    def _keep(self, suite: str, bound: BoundSuite, selected: Container[str]) -> None:
        for each in bound.undriven:
            if any(key in selected for key in each.scenarios):
                line = f"{suite}: nothing leads to {each.name} ({_listed(each.scenarios)})"
                self._undriven[line] = None
        for keys in bound.twins:
            if any(key in selected for key in keys):
                self._twins[f"{suite}: run the same: {_listed(keys)}"] = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand it to the controller, if there is one."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = {"undriven": [*self._undriven], "twins": [*self._twins]}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what a worker found; the others found the same."""
        found: Mapping[str, Any] = getattr(node, "workeroutput", {}).get(_OUTPUT, {})
        self._undriven.update(dict.fromkeys(found.get("undriven", ())))
        self._twins.update(dict.fromkeys(found.get("twins", ())))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show it: in one line where the user asked for few."""
        lines = [*sorted(self._undriven), *sorted(self._twins)]
        verbosity = self._config.getoption("verbose")
        if not lines or verbosity < -1:
            return
        if verbosity < 0:
            terminalreporter.write_line(f"orchestra: {self._counted()}", yellow=True)
            return
        terminalreporter.section("orchestra: undriven and twins", yellow=True)
        most = len(lines) if verbosity > 0 else _MOST_LINES
        for line in lines[:most]:
            terminalreporter.write_line(line)
        if len(lines) > most:
            terminalreporter.write_line(f"and {len(lines) - most} more: 'orchestra plan' lists all")

    def _counted(self) -> str:
        parts = []
        if number := len(self._undriven):
            parts.append(f"{number} outcome{'s' * (number != 1)} that nothing leads to")
        if number := len(self._twins):
            parts.append(f"{number} group{'s' * (number != 1)} of scenarios that run the same")
        return f"{', '.join(parts)}; 'orchestra plan' lists them"


def _listed(keys: tuple[str, ...]) -> str:
    more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
    return f"{', '.join(keys[:_MOST_KEYS])}{more}"


FINDINGS = pytest.StashKey[Findings]()


def begin(config: pytest.Config) -> None:
    """Gather what this process finds."""
    config.stash[FINDINGS] = findings = Findings(config)
    config.pluginmanager.register(findings, "orchestra_findings")
