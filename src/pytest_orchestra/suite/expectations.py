"""A step's ``expect`` and ``save`` are compiled, defaults applied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import described, mistake
from pytest_orchestra.expressions.expressions import Expression, compile_expression
from pytest_orchestra.expressions.rules import Rule, compile_rules
from pytest_orchestra.expressions.templates import Template, compile_template
from pytest_orchestra.model import Problem, Severity
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import ActionMode, Contract, Expect, Pattern
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.file import (
    ChannelDefaultsPart,
    DefaultsPart,
    ExpectPart,
    PatternPart,
    Pauses,
    Texts,
)

WITHIN = 10.0
"""Seconds of a step's deadline, unless said."""
EVERY = 0.1
"""Seconds between two looks, unless said."""
EVERY_RESULT = "all"
"""What ``step.ALIAS.all`` gives: no step can save anything under this name."""

_COUNT = re.compile(r"\d{1,9}\+?")
_NAME = re.compile(r"[^\W\d]\w*")
_OF_SEVERAL = ("count", "messages", "ordered", "absent", "fail_when", "stable_for")
_UNJUDGED = ("status", "value", "exact", "headers", "rules", "contract")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectContext:
    """Where an ``expect`` stands.

    Attributes:
        path: of the step in the document.
        problems: gets everything that is wrong with it.
    """

    document: Document
    path: PartPath
    kind: StepKind
    mode: ActionMode
    defaults: DefaultsPart
    channel_defaults: ChannelDefaultsPart
    problems: list[Problem]


def compile_expect(part: ExpectPart | None, context: ExpectContext) -> Expect:
    """Compile ``expect``; what is wrong with it is left out."""
    compiler = _Expectation(part or ExpectPart(), context)
    compiler.check()
    return compiler.compiled()


def compile_save(
    part: Mapping[str, str] | None, context: ExpectContext
) -> Mapping[str, Expression]:
    """Compile ``save``: name to expression."""
    compiled: dict[str, Expression] = {}
    for name, text in (part or {}).items():
        path = (*context.path, "save", name)
        if name == EVERY_RESULT or not _NAME.fullmatch(name):
            at = context.document.key_location(path)
            why = "is every result of a step" if name == EVERY_RESULT else "is no name"
            hint = "Choose a name of letters, digits and '_'."
            context.problems.append(mistake("bad-name", f"'{name}' {why}", at=at, hint=hint))
        with collecting(context.problems):
            locate = context.document.locator(path)
            compiled[name] = compile_expression(text, location=locate)
    return compiled


def default_expect(defaults: DefaultsPart, within: float | None) -> Expect:
    """What is expected of a Python step: only that it is done in time."""
    pauses = defaults.every or Pauses(EVERY, EVERY)
    return Expect(
        within=within or defaults.within or WITHIN, every=pauses.first, every_most=pauses.most
    )


class _Expectation:
    """One ``expect`` while it is compiled."""

    def __init__(self, part: ExpectPart, context: ExpectContext) -> None:
        self._part = part
        self._context = context
        self._document = context.document
        self._path: PartPath = (*context.path, "expect")

    def compiled(self) -> Expect:
        """The expectation, with what is wrong left out."""
        part = self._part
        contract: str | None = self._setting("contract")
        stable_for: float | None = self._setting("stable_for")
        within: float | None = self._setting("within")
        every: Pauses = self._setting("every") or Pauses(EVERY, EVERY)
        return Expect(
            status=_statuses(part.status),
            pattern=self._pattern(part, self._path),
            count=self._count(),
            messages=tuple(
                self._pattern(each, (*self._path, "messages", index))
                for index, each in enumerate(part.messages or ())
            ),
            ordered=part.ordered,
            absent=part.absent,
            fail_when=self._rules(part.fail_when, (*self._path, "fail_when")),
            stable_for=stable_for,
            within=within or WITHIN,
            every=every.first,
            every_most=every.most,
            contract=Contract(contract) if contract else Contract.ERROR,
        )

    def check(self) -> None:
        """Report keys that contradict each other, or that would not be looked at."""
        said = self._part.model_fields_set
        if self._context.kind is StepKind.ACTION:
            for key in (key for key in _OF_SEVERAL if key in said):
                hint = "Use an assertion for what is waited for."
                self._say(
                    "unjudged", f"'{key}' says nothing of an action: it has one reply", key, hint
                )
        elif self._part.absent and {"count", "messages"} & said:
            self._say("contradiction", "'absent' excludes 'count' and 'messages'", "absent")
        elif {"count", "messages"} <= said:
            self._say("contradiction", "'messages' excludes 'count'", "count")
        elif self._part.ordered and not self._part.messages:
            hint = "Say which messages come in this order."
            self._say("contradiction", "'ordered' says nothing without 'messages'", "ordered", hint)
        if self._context.mode is ActionMode.FIRE_AND_FORGET:
            for key in (key for key in _UNJUDGED if key in said):
                self._context.problems.append(self._not_looked_at(key))

    def _not_looked_at(self, key: str) -> Problem:
        return Problem(
            severity=Severity.WARNING,
            code="unjudged",
            message=f"'{key}' is not looked at: with 'fire_and_forget' only the sending is judged",
            hint="Leave it out, or send with 'mode: sync'.",
            location=self._document.key_location((*self._path, key)),
        )

    def _setting(self, name: str) -> Any:  # noqa: ANN401 - a field's value
        """What the step says, else its channel's defaults, else the suite's; null says nothing."""
        for part in (self._part, self._context.channel_defaults, self._context.defaults):
            if name in part.model_fields_set:
                return getattr(part, name)
        return None

    def _pattern(self, part: PatternPart, path: PartPath) -> Pattern:
        has_value = "value" in part.model_fields_set
        return Pattern(
            value=self._template(part.value, (*path, "value")) if has_value else None,
            exact=part.exact,
            headers=self._template(part.headers, (*path, "headers")) if part.headers else None,
            rules=self._rules(part.rules, (*path, "rules")),
        )

    def _count(self) -> Template | None:
        count, path = self._part.count, (*self._path, "count")
        if count is None:
            return None
        if "{{" not in str(count) and not _COUNT.fullmatch(str(count).strip()):
            message = f"expected a number, or one with a plus, found {described(count)}"
            self._say("bad-value", message, "count", "Write 2 for exactly two, 2+ for two or more.")
        return self._template(count, path)

    def _template(self, value: object, path: PartPath) -> Template | None:
        with collecting(self._context.problems):
            return compile_template(value, location=self._document.locator(path))
        return None

    def _rules(self, rules: Texts | None, path: PartPath) -> tuple[Rule, ...]:
        if rules is None:
            return ()
        with collecting(self._context.problems):
            return compile_rules(rules, location=self._document.locator(path))
        return ()

    def _say(self, code: str, message: str, key: str, hint: str = "") -> None:
        at = self._document.key_location((*self._path, key))
        self._context.problems.append(mistake(code, message, at=at, hint=hint))


def _statuses(
    status: int | str | list[int | str] | None,
) -> tuple[int | str, ...]:
    if status is None:
        return ()
    return tuple(status) if isinstance(status, list) else (status,)
