"""``parallel: true``: which steps of a scenario are over before which, as its branches run at once.

That is so by the way, by what steps read and write, and by what assertions are armed with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.flow.precedence import Precedence
from pytest_orchestra.flow.scenario import Scenario
from pytest_orchestra.model import Process, ProcessModel
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import FieldUse
from pytest_orchestra.suite.bound import BoundStep, Step
from pytest_orchestra.suite.names import references_of
from pytest_orchestra.suite.ways import BEFORE_ALL

CONTEXT_FIXTURE = "orchestra_context"
"""Whoever asks for it may read everything that the run knows."""

After = tuple[tuple[int, ...], ...]
"""For each step the indices of those that must be over before it begins, but for what these wait
for themselves."""

_FILE = re.compile(r"\bfile\s*\(")


class StepOrder:
    """The order of the scenarios of one process.

    Args:
        process: the tested one.
        called: those that it calls.
        model: the file that holds it.
    """

    def __init__(self, process: Process, called: Iterable[Process], model: ProcessModel) -> None:
        self._precedence = Precedence(process, called, model)

    def of(
        self, scenario: Scenario, steps: Sequence[BoundStep], cleanup: Sequence[BoundStep]
    ) -> After:
        """Say what each step waits for; empty: they run one after the other all the same."""
        return steps_before(self._precedence.before(scenario), steps, cleanup)


def steps_before(
    before: Sequence[int], steps: Sequence[BoundStep], cleanup: Sequence[BoundStep] = ()
) -> After:
    """Say what each step of a way waits for, as ``StepOrder.of``.

    Args:
        before: of each moment of the way, as bits, the moments that are over before it.
        steps: of the way, in order.
        cleanup: the ``finally`` steps that follow.
    """
    direct = [
        by_way | by_data
        for by_way, by_data in zip(_by_way(before, steps), _by_data(steps), strict=True)
    ]
    for index, waits in _by_arming((*steps, *cleanup), len(steps)):
        direct[index] |= waits
    after = tuple(_reduced(direct))
    in_turn = all(waits == (index - 1,) for index, waits in enumerate(after) if index)
    return () if in_turn else after


def _by_way(before: Sequence[int], steps: Sequence[BoundStep]) -> Iterator[int]:
    """What lies before each step's moment, and at it before the step."""
    at: dict[int, int] = {}
    for index, bound in enumerate(steps):
        moment = bound.moment
        if BEFORE_ALL < moment < len(before):
            over = before[moment]
            yield sum(
                bits
                for other, bits in at.items()
                if other in (BEFORE_ALL, moment) or over >> other & 1
            )
        else:
            yield (1 << index) - 1
        at[moment] = at.get(moment, 0) | 1 << index


@dataclass(slots=True)
class _Name:
    """Who had to do with a name, as bits: the last that wrote it, and who has read it since."""

    written: int = 0
    read: int = 0


def _by_data(steps: Sequence[BoundStep]) -> Iterator[int]:
    """Steps that read what an earlier one writes, or write what an earlier one reads or writes.

    The visits of an assertion share what they passed on, so they go in turn.
    """
    names: dict[str, _Name] = {}
    of_all = alone = 0
    for index, bound in enumerate(steps):
        step, own = bound.step, 1 << index
        waits = alone
        if _is_alone(step):
            waits, alone = own - 1, own
        read = _read(step)
        if read is None:
            for name in names.values():
                waits |= name.written
            of_all |= own
        for text in read or ():
            name = names.setdefault(text, _Name())
            waits |= name.written
            name.read |= own
        for text in _written(step):
            name = names.setdefault(text, _Name())
            waits |= name.written | name.read | of_all
            name.written, name.read = own, 0
        yield waits & (own - 1)


def _is_alone(step: Step) -> bool:
    """Whether it sees the whole run, which must be as if steps went one by one."""
    return step.python is not None and CONTEXT_FIXTURE in step.python.fixtures


def _read(step: Step) -> Iterable[str] | None:
    """The aliases that it reads; None: perhaps all, as in a file that it renders."""
    references = [each for each in references_of(step) if each.root == "step"]
    if any(not each.path for each in references) or _renders_file(step):
        return None
    return {each.path[0] for each in references}


def _renders_file(step: Step) -> bool:
    fields = step.call.fields.values() if step.call is not None else ()
    patterns = (step.expect.pattern, *step.expect.messages)
    templates = [*fields, step.expect.count]
    templates += [part for pattern in patterns for part in (pattern.value, pattern.headers)]
    texts = [str(each.value) for each in templates if isinstance(each, Template)]
    texts += [
        value.source
        for each in templates
        if isinstance(each, StatementTemplate)
        for value, _ in each.values
    ]
    rules = [rule for pattern in patterns for rule in pattern.rules]
    texts += [rule.text for rule in (*rules, *step.expect.fail_when)]
    texts += [expression.text for expression in step.save.values()]
    return any(map(_FILE.search, texts))


def _written(step: Step) -> Iterator[str]:
    if step.alias is not None:
        yield step.alias
    if step.kind is StepKind.ASSERTION and step.call is not None:
        yield f"what {step.id} passed on"


def _by_arming(steps: Sequence[BoundStep], end: int) -> Iterator[tuple[int, int]]:
    """Nothing begins before an assertion is armed that one by one would begin after.

    Gives indices below ``end``, each with what it waits for.
    """
    latest: dict[str, int] = {}
    for index, bound in enumerate(steps):
        sources = {latest[alias] for alias in _addressed(bound.step) if alias in latest}
        waits = sum(1 << source for source in sources)
        for between in range(max(sources, default=end) + 1, min(index, end)):
            yield between, waits
        if bound.step.alias is not None:
            latest[bound.step.alias] = index


def _addressed(step: Step) -> Iterator[str]:
    """The aliases whose values tell where an assertion looks."""
    call = step.call
    if call is None or step.kind is not StepKind.ASSERTION:
        return
    for name, template in call.fields.items():
        if call.uses[name] is FieldUse.ADDRESS and isinstance(template, Template):
            for each in template.references:
                if each.root == "step" and each.path:
                    yield each.path[0]


def _reduced(direct: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """What each waits for, less what that waits for itself."""
    closed: list[int] = []
    for waits in direct:
        whole, needed = 0, []
        rest = waits
        while rest:
            last = rest.bit_length() - 1
            needed.append(last)
            whole |= closed[last] | 1 << last
            rest &= ~whole
        closed.append(whole)
        yield tuple(reversed(needed))
