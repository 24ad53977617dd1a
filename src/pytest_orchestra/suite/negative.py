"""``refused_by``: a negative data set gets an item of its own, up to the step that refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pytest_orchestra.data.data_sets import DataSet, Refused, Scope
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.flow.scenario import Passage
from pytest_orchestra.model import Problem
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import ActionMode, BoundScenario, BoundStep, Pattern, Retry, Step
from pytest_orchestra.suite.fitting import Demands, Fitting, told
from pytest_orchestra.suite.names import references_of
from pytest_orchestra.suite.ways import Way

REFUSED = ("4xx",)
"""The status of a refusal, unless the set says more."""


@dataclass(slots=True, kw_only=True)
class NegativeItems:
    """Finds the scenario of one negative set after the other and gathers what is wrong.

    Attributes:
        scenarios: as bound with their own data, ``main`` first.
        steps: of the suite.
        fitting: compares sets with ways.
        why_disabled: why the environment does not let steps run.
        look_at: checks that a set has what steps read.
        problems: gets what is wrong with sets of the suite; one of all suites may be another's.
        lost_aliases: of steps that are not known; None: any.
    """

    scenarios: Sequence[BoundScenario]
    steps: Sequence[Step]
    fitting: Fitting
    why_disabled: Callable[[Sequence[BoundStep]], str]
    look_at: Callable[[DataSet, Sequence[BoundStep]], None]
    problems: list[Problem]
    lost_aliases: frozenset[str] | None
    _known: dict[tuple[int, int], Demands] = field(default_factory=dict)

    def add(self, sets: Iterable[DataSet]) -> tuple[BoundScenario, ...]:
        """The scenarios, each followed by the items of the sets that are refused on its way."""
        added: dict[int, list[BoundScenario]] = {}
        for data in sets:
            if data.refused is not None and self._can_be_refused(data, data.refused):
                self._place(data, data.refused, added)
        return tuple(each for one in self.scenarios for each in (one, *added.get(id(one), ())))

    def _can_be_refused(self, data: DataSet, refused: Refused) -> bool:
        steps = [step for step in self.steps if step.alias == refused.alias]
        if not steps:
            if self.lost_aliases is not None and refused.alias not in self.lost_aliases:
                known = [step.alias for step in self.steps if step.alias]
                self._say(
                    data,
                    "unknown-step",
                    f"no step has the alias '{refused.alias}' that refuses data set '{data.name}'",
                    suggestion(refused.alias, known, "Known aliases")
                    or "Give the step that refuses it an alias.",
                )
            return False
        if any(_is_call(step) for step in steps):
            return True
        channel = steps[0].call.channel if steps[0].call is not None else "Python"
        self._say(
            data,
            "cannot-refuse",
            f"the step '{refused.alias}' cannot refuse data set '{data.name}': it is no call of a"
            f" service, but {_article(steps[0].kind)} on {channel}",
            suggestion("", [s.alias for s in self.steps if s.alias and _is_call(s)], "These can"),
        )
        return False

    def _place(
        self, data: DataSet, refused: Refused, added: dict[int, list[BoundScenario]]
    ) -> None:
        """Give a set to the first way that comes to the step and does not contradict it before."""
        against = ""
        for scenario in self.scenarios:
            at = next((i for i, each in enumerate(scenario.steps) if _refuses(each, refused)), None)
            if at is None:
                continue
            misfits = self.fitting.misfits(self._demands(scenario, at), data)
            if not misfits:
                added.setdefault(id(scenario), []).append(self._bound(scenario, at, data, refused))
                return
            against = against or f"it contradicts every way there: {told(misfits)}"
        self._say(
            data,
            "refused-nowhere",
            f"no scenario comes to the step '{refused.alias}' with data set '{data.name}'"
            + (f": {against}" if against else ""),
            "Change its values, or refuse it by another step.",
        )

    def _demands(self, scenario: BoundScenario, at: int) -> Demands:
        """What a way asks of data before its step ``at``, read once for all sets."""
        key = (id(scenario), at)
        if key not in self._known:
            moment = scenario.steps[at].moment
            self._known[key] = self.fitting.demands(Way(scenario.scenario), moment)
        return self._known[key]

    def _bound(
        self, scenario: BoundScenario, at: int, data: DataSet, refused: Refused
    ) -> BoundScenario:
        before, step = scenario.steps[:at], scenario.steps[at]
        after = tuple(_absent(scenario.steps, at))
        self.look_at(data, (*before, step, *after, *scenario.cleanup))
        steps = (*before, _refusing(step, data, refused), *after)
        standing = {each.element for each in steps if each.passage is not Passage.TAKEN}
        with_step, tasks = scenario.bound
        return replace(
            scenario,
            item=f"{scenario.scenario.key}[{data.name}]",
            name=f"{scenario.name}, refused: {data.name}",
            steps=steps,
            data=data,
            data_reason=f"'{refused.alias}' refuses it",
            unmet="",
            verdicts=(),
            xfail=None,
            after=(),
            skip=self.why_disabled((*steps, *scenario.cleanup)),
            bound=(min(with_step, len(standing)), tasks),
        )

    def _say(self, data: DataSet, code: str, message: str, hint: str) -> None:
        if data.refused is not None and data.scope is not Scope.GLOBAL:
            self.problems.append(mistake(code, message, at=data.refused.location, hint=hint))


def _is_call(step: Step) -> bool:
    """Whether it calls a service that may say no."""
    return step.kind is StepKind.ACTION and step.call is not None and step.call.endpoint is not None


def _refuses(bound: BoundStep, refused: Refused) -> bool:
    return bound.step.alias == refused.alias and _is_call(bound.step)


def _article(kind: StepKind) -> str:
    return "an action" if kind is StepKind.ACTION else "an assertion"


def _refusing(bound: BoundStep, data: DataSet, refused: Refused) -> BoundStep:
    """The step as it is when it is refused: its reply is another, and nothing of it is saved."""
    step = bound.step
    expect = replace(step.expect, status=refused.status or REFUSED, pattern=Pattern())
    refusing = replace(step, mode=ActionMode.SYNC, expect=expect, save={}, retry=Retry())
    return replace(bound, step=refusing, refused_data=data.name)


def _absent(steps: Sequence[BoundStep], at: int) -> Iterable[BoundStep]:
    """What must be absent after the step ``at``, as far as it reads no step that does not run."""
    ran = {each.step.alias for each in steps[: at + 1] if each.step.alias}
    for bound in steps[at + 1 :]:
        needs = {
            each.path[0]
            for each in references_of(bound.step)
            if each.root == "step" and each.path and not each.optional
        }
        if bound.step.expect.absent and needs <= ran:
            yield bound
