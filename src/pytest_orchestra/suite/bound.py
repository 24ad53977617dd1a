"""What the suite floor hands on: steps compiled once, and scenarios with steps bound to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.expressions.expressions import Expression
from pytest_orchestra.expressions.rules import Rule
from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.flow.lock import digits_of, signature
from pytest_orchestra.flow.scenario import Criterion, Passage, Scenario, TakenOutcome
from pytest_orchestra.model import ElementId, Problem, SourceLocation
from pytest_orchestra.results import RAISED, StepKind, Violation, ViolationType
from pytest_orchestra.spi import Endpoint, FieldUse
from pytest_orchestra.suite.each import NO_EACH, Each
from pytest_orchestra.suite.python_steps import PythonStep

EVERYTHING = "*"
"""What a scenario names that runs alone."""

LONGEST_BACKOFF = 60.0
"""Seconds."""


class ActionMode(Enum):
    """Whether the reply of an action is judged."""

    SYNC = "sync"
    FIRE_AND_FORGET = "fire_and_forget"


class Contract(Enum):
    """What a breach of the endpoint's description is: a failure, a warning, or not looked for."""

    ERROR = "error"
    WARN = "warn"
    OFF = "off"


class RunMode(Enum):
    """How a run goes on after a failure (domain model, 5.3)."""

    RUN_ALL_STEPS = "RUN_ALL_STEPS"
    STOP_ON_FIRST_FAILURE = "STOP_ON_FIRST_FAILURE"
    SINGLE_STEP = "SINGLE_STEP"
    FROM_STEP = "FROM_STEP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What one observation must be.

    Attributes:
        value: given keys must match, lists whole; ``exact``: nothing else may be there.
        headers: names to values.
        rules: each must hold.
    """

    value: Template | None = None
    exact: bool = False
    headers: Template | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """A step's ``expect``, defaults applied.

    Attributes:
        status: any of these is good: ``201``, ``"2xx"``, ``"OK"``; empty: the channel decides.
        count: renders to a number (exactly so many) or ``"N+"``; None: ``1+``.
        messages: all of them, one observation each; ``ordered``: in this order.
        absent: nothing like it until the deadline.
        fail_when: a rule that holds ends the wait as a failure.
        stable_for: seconds that an exact count must stay; None: the channel's default.
        within, every: seconds; between two looks at first, ``every_most`` at last.
        time_scale: by what the deadlines were multiplied already.
    """

    status: tuple[int | str, ...] = ()
    pattern: Pattern = Pattern()
    count: Template | None = None
    messages: tuple[Pattern, ...] = ()
    ordered: bool = False
    absent: bool = False
    fail_when: tuple[Rule, ...] = ()
    stable_for: float | None = None
    within: float = 10.0
    every: float = 0.1
    every_most: float = 0.0
    time_scale: float = 1.0
    contract: Contract = Contract.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A step's ``retry``.

    Attributes:
        times: how often it is tried again, at most.
        only: where one of its violations is of these types; None: of any but VALIDATION_ERROR,
            which is our side's and does not mend itself, unless a Python step raised it.
        backoff: seconds before it is tried again the first time; then twice as long each time.
    """

    times: int = 0
    only: frozenset[ViolationType] | None = None
    backoff: float = 0.1

    def covers(self, violations: Iterable[Violation]) -> bool:
        """Whether a step that failed so is tried again."""
        found = tuple(violations)
        if self.only is not None:
            return any(each.type in self.only for each in found)
        ours = ViolationType.VALIDATION_ERROR
        return bool(found) and all(each.type is not ours or each.code == RAISED for each in found)

    def pause(self, number: int) -> float:
        """Seconds before it is tried again for the ``number``th time, from 1; at most a minute."""
        return float(min(self.backoff * 2 ** (number - 1), LONGEST_BACKOFF))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTemplate:
    """A step's ``action`` or ``assertion``, compiled.

    Attributes:
        connection: the alias of the connection in the environment.
        fields: by name; a LITERAL stands as it is.
        uses: by the same names.
    """

    channel: str
    connection: str
    fields: Mapping[str, Template | StatementTemplate | object]
    uses: Mapping[str, FieldUse]
    endpoint: Endpoint | None = None
    credential: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the suite file, or one Python step, compiled once for all scenarios.

    Attributes:
        id: the alias, else ``step-N`` by its place in the file, from 1.
        call: None for a Python step.
        save: name to expression over the channel's roots.
        exclusive: scenarios with steps that name the same take turns; ``*``: no other runs.
        always: it runs also where what it delivered could be taken over of an earlier run.
        fingerprint: hex digits of how it is written.
    """

    id: str
    name: str
    kind: StepKind
    location: SourceLocation
    alias: str | None = None
    mode: ActionMode = ActionMode.SYNC
    call: CallTemplate | None = None
    python: PythonStep | None = None
    expect: Expect = Expect()
    save: Mapping[str, Expression] = field(default_factory=dict)
    retry: Retry = Retry()
    exclusive: str | None = None
    always: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundStep:
    """A step at one visit of an element on a scenario's way.

    Attributes:
        element: the id of the element, flow or process; ``place`` its name, else its id.
        visit: ``{{visit}}``, from 1; 1 for a process.
        moment: index in ``scenario.moments``; -1 before the first, ``len`` after the last.
        is_finally: whether it is of ``finally``; its element is the process.
        refused_data: the negative data set that the call of this step must be refused with; its
            request is not checked. Empty: of other sets.
        items: of each list under ``data.each`` which item it has, from 1.
    """

    step: Step
    element: ElementId
    place: str
    passage: Passage
    visit: int
    moment: int
    is_finally: bool = False
    refused_data: str = ""
    items: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a data set fits a scenario; ``why_not`` is empty where it does."""

    data: DataSet
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundScenario:
    """A scenario with its steps and its data: what becomes one pytest item.

    Attributes:
        item: ``amount-high``, or ``amount-high[vip]``.
        cleanup: the steps of ``finally``, which run whatever became of ``steps``.
        marks: tags of the suite and of the scenario, names of pytest marks.
        data_reason: why it is this data set.
        unmet: why no data set fits, so that it fails at set-up; empty: one does, or none is needed.
        verdicts: of all data sets, where somebody asked for them.
        xfail: the reason; None: not expected to fail.
        skip: why it cannot run; empty: it runs.
        bound: activities on the way that have a step, and all activities on the way.
        is_serial: it runs alone because the suite says so.
        after: where branches run at once, of each step the indices of those that must be over
            before it begins; those that these wait for are left out. Empty: one after the other.
    """

    item: str
    name: str
    scenario: Scenario
    steps: tuple[BoundStep, ...]
    cleanup: tuple[BoundStep, ...] = ()
    data: DataSet | None = None
    data_reason: str = ""
    unmet: str = ""
    verdicts: tuple[Verdict, ...] = ()
    marks: tuple[str, ...] = ()
    xfail: str | None = None
    skip: str = ""
    bound: tuple[int, int] = (0, 0)
    is_serial: bool = False
    after: tuple[tuple[int, ...], ...] = ()

    @property
    def exclusive(self) -> tuple[str, ...]:
        """What it has for itself while it runs, sorted; ``*``: everything."""
        names = {bound.step.exclusive for bound in self.all_steps if bound.step.exclusive}
        return (EVERYTHING,) if self.is_serial or EVERYTHING in names else tuple(sorted(names))

    @property
    def fingerprint(self) -> str:
        """Hex digits of its way and of how its steps are written; data have no say in it."""
        lines = [f"{each.element} {each.visit} {each.step.fingerprint}" for each in self.all_steps]
        return digits_of(signature(self.scenario), *lines)

    @property
    def all_steps(self) -> tuple[BoundStep, ...]:
        """The steps on the way, then those of ``finally``."""
        return (*self.steps, *self.cleanup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undriven:
    """An outcome that nothing leads to.

    Attributes:
        outcome: as the first scenario takes it.
        name: as people call it, ``Amount?/high``.
        scenarios: keys of those that take it.
    """

    outcome: TakenOutcome
    name: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSuite:
    """A suite file, ready to run.

    Attributes:
        file: the suite file, or the bare process file.
        environment: the name that the suite file gives; None: it gives none.
        concurrency: how many of its scenarios may run at once; None: it does not say.
        spec_versions: by service name.
        scenarios: in the order of the scenario set; inactive ones are not among them.
        undriven: outcomes other than their decision's default that nothing leads to.
        twins: keys of scenarios that run the same steps with the same data, put together.
        each: which elements take items of which lists of data.
        problems: warnings and infos, of those two as well; errors were raised.
    """

    file: Path
    name: str
    process_file: Path
    process_id: ElementId
    criterion: Criterion
    environment: str | None = None
    concurrency: int | None = None
    spec_versions: Mapping[str, str] = field(default_factory=dict)
    scenarios: Sequence[BoundScenario] = ()
    undriven: tuple[Undriven, ...] = ()
    twins: tuple[tuple[str, ...], ...] = ()
    each: Each = NO_EACH
    problems: tuple[Problem, ...] = ()
