"""One pytest item per bound scenario."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.errors import BindingError, OrchestraError
from pytest_orchestra.plugin.outcomes import UNTESTED
from pytest_orchestra.plugin.paths import is_users_own

if TYPE_CHECKING:
    from pytest_orchestra.suite.bound import BoundScenario, BoundSuite

_OWN_FIXTURES = ("orchestra_engine", "orchestra_context", "request")


_ADD = "Add one that does to the files under 'data'."


CUT_OFF = pytest.StashKey[Callable[[str], str]]()
"""Of an item that was begun: from why its run was cut, what people read of it."""


def _not_begun(why: str) -> str:
    return f"{why.rstrip('.')}: before its first step"


NOT_ALONE = pytest.StashKey[OrchestraError]()
"""Why an item that must run alone cannot."""


class ScenarioFailed(AssertionError):  # noqa: N818 - a failed check, not an error
    """A run failed; the text is what people read."""


class ScenarioItem(pytest.Function):
    """Runs one scenario on the session's loop; fixtures, marks and options work as for functions.

    Attributes:
        suite, bound: what it runs.
    """

    def __init__(self, *, suite: BoundSuite, bound: BoundScenario, **kwargs: Any) -> None:  # noqa: ANN401 - pytest's
        self.suite = suite
        self.bound = bound
        super().__init__(**kwargs)
        for mark in bound.marks:
            self.add_marker(mark)
        if bound.xfail is not None:
            self.add_marker(pytest.mark.xfail(reason=bound.xfail))
        if bound.skip:
            self.add_marker(pytest.mark.skip(reason=bound.skip))
            self.user_properties.append((UNTESTED, bound.skip))

    @classmethod
    def of(cls, parent: pytest.Collector, suite: BoundSuite, bound: BoundScenario) -> ScenarioItem:
        """The item of a bound scenario."""
        return cls.from_parent(
            parent, name=bound.item, callobj=_callable(bound), suite=suite, bound=bound
        )

    def setup(self) -> None:
        """Fail before anything is started where no data set fits.

        Raises:
            BindingError: it says which condition no set meets, and which set comes nearest.
            OrchestraError: it must run alone, and cannot.
        """
        if self.bound.unmet:
            raise BindingError([f"{self.bound.unmet}. {_ADD}"])
        if (error := self.stash.get(NOT_ALONE, None)) is not None:
            raise error
        super().setup()

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the scenario comes from, and its name for people."""
        return self.path, 0, f"{self.suite.name}: {self.bound.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]  # noqa: ANN401 - pytest's own type
        """Our own text for a failed scenario; else pytest's traceback, from the user's code on."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        if not self.config.getoption("fulltrace"):
            root, trace = self.config.rootpath, excinfo.traceback
            theirs = (n for n, entry in enumerate(trace) if is_users_own(Path(entry.path), root))
            first = next(theirs, None)
            if first is None and isinstance(excinfo.value, pytest.fail.Exception):
                return self.stash.get(CUT_OFF, _not_begun)(str(excinfo.value))
            excinfo.traceback = trace[first or 0 :]
        return super().repr_failure(excinfo)

    def describe(self, properties: Mapping[str, str]) -> None:
        """Put properties into the item's report, in the place of those of an earlier attempt.

        Those that say nothing are left out.
        """
        kept = [each for each in self.user_properties if each[0] not in properties]
        told = [each for each in properties.items() if each[1]]
        self.user_properties[:] = [*kept, *told]


def _callable(bound: BoundScenario) -> Callable[..., None]:
    """What pytest calls: it asks for our fixtures and for those of the Python steps."""

    def run_scenario(**fixtures: Any) -> None:  # noqa: ANN401 - fixtures may be anything
        fixtures["orchestra_engine"].run(fixtures["request"].node, fixtures)

    signature = _signature(tuple(dict.fromkeys((*_OWN_FIXTURES, *_fixtures_of(bound)))))
    run_scenario.__signature__ = signature  # type: ignore[attr-defined]  # how inspect is told
    run_scenario.__doc__ = bound.name
    return run_scenario


@lru_cache
def _signature(names: tuple[str, ...]) -> inspect.Signature:
    """One for all items that ask for the same fixtures; making it is dear."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature([inspect.Parameter(name, keyword) for name in names])


def _fixtures_of(bound: BoundScenario) -> Iterable[str]:
    for step in bound.all_steps:
        if step.step.python is not None:
            yield from step.step.python.fixtures
