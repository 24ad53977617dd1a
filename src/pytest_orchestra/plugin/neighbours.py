"""Which scenarios may run beside others: those that need no fixture of their own.

Learned while pytest sets items up, as nothing public tells a fixture's scope before.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.suite.bound import EVERYTHING

TIME_LIMIT = pytest.StashKey[float]()
"""Of an item the seconds that pytest-timeout gives it."""

_OUR_FIXTURES = f"{__name__.rpartition('.')[0]}.fixtures"
_HOOKS = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown")
_CONFTEST = "conftest.py"
_NARROW = frozenset({"class", "module", "package"})


class _Made(NamedTuple):
    """A fixture that pytest made while it set an item up."""

    name: str
    scope: str
    is_ours: bool


@dataclass(slots=True)
class _Known:
    """What is known of the fixtures of one folder: all its suites see the same.

    Attributes:
        own: made for each item by this plugin.
        foreign: made for each item by somebody else.
        wide: values of the session.
        narrow: values of one file, with the file.
    """

    own: set[str] = field(default_factory=lambda: {"request"})
    foreign: set[str] = field(default_factory=set)
    wide: dict[str, object] = field(default_factory=dict)
    narrow: dict[str, tuple[Path, object]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)  # pytest may hash plugins
class Neighbours:
    """A pytest plugin that knows what may run beside what."""

    config: pytest.Config
    _made: list[_Made] = field(default_factory=list)
    _known: dict[Path, _Known] = field(default_factory=dict)
    _has_hooks: bool | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """Take down what pytest makes."""
        is_ours = getattr(fixturedef.func, "__module__", "") == _OUR_FIXTURES
        self._made.append(_Made(fixturedef.argname, fixturedef.scope, is_ours))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Learn from an item whose fixtures are all there."""
        self._made.clear()
        yield
        if isinstance(item, ScenarioItem):
            self._learn(item)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> None:  # noqa: ANN401 - pytest-timeout's
        """Take down how long an item may take."""
        item.stash[TIME_LIMIT] = float(settings.timeout)

    def values_for(self, item: ScenarioItem) -> Mapping[str, object] | None:
        """The fixtures of an item that pytest has not set up; None: it must have its own turn."""
        known = self._known.get(item.path.parent)
        if known is None or self.runs_alone(item):
            return None
        values: dict[str, object] = {}
        for name in item.fixturenames:
            file, value = known.narrow.get(name, (item.path, None))
            if file != item.path:
                return None
            if name in known.narrow:
                values[name] = value
            elif name in known.wide:
                values[name] = known.wide[name]
            elif name not in known.own:
                return None
        return values

    def runs_alone(self, item: ScenarioItem) -> bool:
        """Whether nothing may run while the item is set up, runs and is torn down."""
        known = self._known.get(item.path.parent, _Known())
        return (
            item.bound.exclusive == (EVERYTHING,)
            or not known.foreign.isdisjoint(item.fixturenames)
            or any(
                "request" in bound.step.python.fixtures
                for bound in item.bound.steps
                if bound.step.python is not None
            )
            or self._hooks_do_something()
        )

    def _learn(self, item: ScenarioItem) -> None:
        known = self._known.setdefault(item.path.parent, _Known())
        for made in self._made:
            if made.scope in _NARROW:
                known.narrow[made.name] = (item.path, item.funcargs.get(made.name))
            elif made.scope == "function":
                (known.own if made.is_ours else known.foreign).add(made.name)
        classified = known.own | known.foreign | known.narrow.keys()
        known.wide.update(
            {name: item.funcargs.get(name) for name in item.fixturenames if name not in classified}
        )

    def _hooks_do_something(self) -> bool:
        """Whether a conftest does things before or after each item, as a fixture might."""
        if self._has_hooks is None:
            self._has_hooks = any(
                Path(getattr(each.plugin, "__file__", None) or "").name == _CONFTEST
                for name in _HOOKS
                for each in getattr(self.config.hook, name).get_hookimpls()
            )
        return self._has_hooks
