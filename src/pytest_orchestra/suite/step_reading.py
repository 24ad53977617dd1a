"""The steps of a suite, of its file and in Python, placed; whether they can know what they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.model import Problem
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.calls import CallContext, wrong_defaults
from pytest_orchestra.suite.names import KnownNames
from pytest_orchestra.suite.places import Elements, UnknownElements
from pytest_orchestra.suite.placing import PlacedStep
from pytest_orchestra.suite.python_steps import PythonStep
from pytest_orchestra.suite.reading import SuiteFile
from pytest_orchestra.suite.services import Services, Specs
from pytest_orchestra.suite.steps import StepCompiler

_LOST_EACH = frozenset({"data", "data.each"})
"""Keys with mistakes past which the lists of ``data.each`` are not known."""


@dataclass(slots=True, kw_only=True)
class StepReader:
    """Reads the steps of one suite; ``problems`` gets everything that is wrong with them.

    Attributes:
        environment: None: connections and ``vars`` are not compared with any.
        specs: the descriptions that suites before this one have read; gets those of this one.
        services: what the suite's steps call.
    """

    suite: SuiteFile
    protocols: Mapping[str, ProtocolPlugin]
    environment: EnvironmentDefinition | None
    specs: Specs | None
    problems: list[Problem]
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        """Read the descriptions."""
        self.services = self._described()

    def read(
        self, elements: Elements | UnknownElements, python_steps: Iterable[PythonStep]
    ) -> Sequence[PlacedStep]:
        """All steps that can be placed, in the order in which they run at one place."""
        placed = self._placed(elements, python_steps)
        self._judge_names([each.step for each in placed])
        return placed

    @property
    def roots(self) -> Mapping[str, frozenset[str]]:
        """What the rules and saves of each channel see."""
        return {channel: frozenset(each.roots) for channel, each in self.protocols.items()}

    def _described(self) -> Services:
        """What ``specs`` names, read."""
        suite = self.suite
        lost = [name.removeprefix("specs.") for name in suite.lost]
        services = Services(
            suite.part.specs,
            suite.file.parent,
            self.protocols,
            suite.document,
            lost=lost,
            read=self.specs,
        )
        self.problems.extend(services.problems)
        return services

    def _placed(
        self, elements: Elements | UnknownElements, python_steps: Iterable[PythonStep]
    ) -> Sequence[PlacedStep]:
        """All steps that can be placed: those of the file first, then the Python ones."""
        suite = self.suite
        context = CallContext(
            document=suite.document,
            protocols=self.protocols,
            services=self.services,
            defaults=suite.part.defaults,
            environment=self.environment,
            judges_endpoints="specs" not in suite.lost,
        )
        self.problems.extend(wrong_defaults(context))
        compiler = StepCompiler(
            elements=elements,
            context=context,
            python_files=suite.python_files,
            problems=self.problems,
        )
        placed = [compiler.compile(index, part) for index, part in suite.steps.items()]
        placed += [compiler.compile_finally(index, part) for index, part in suite.cleanup.items()]
        first = max(suite.steps, default=-1) + 2
        found = dict.fromkeys(python_steps)  # a function may be found in several modules
        for number, marked in enumerate(found, start=first):
            placed.append(compiler.compile_python(number, marked))
        return [each for each in placed if each is not None]

    def _judge_names(self, steps: Sequence[Step]) -> None:
        suite, environment = self.suite, self.environment
        names = KnownNames(
            roots=self.roots,
            aliases=frozenset(
                part.alias
                for part in (*suite.steps.values(), *suite.cleanup.values())
                if part.alias
            )
            | frozenset(step.alias for step in steps if step.alias),
            variables=environment.variables if environment is not None else None,
            lists=None if _LOST_EACH & suite.lost else frozenset(suite.part.data.each.values()),
            lost_aliases=None if "python" in suite.lost else suite.lost_aliases,
        )
        for step in steps:
            self.problems.extend(names.problems(step))
