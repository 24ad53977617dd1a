"""Steps of the suite file and Python steps are compiled, once for all scenarios."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from pytest_orchestra.documents.decoding import decode_value
from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.documents.problems import mistake, shortened
from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.lock import digits_of
from pytest_orchestra.flow.scenario import Passage
from pytest_orchestra.model import Problem, Severity, SourceLocation
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.suite.bound import ActionMode, Retry, Step
from pytest_orchestra.suite.calls import CallContext, compile_call, find_plugin
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.expectations import (
    ExpectContext,
    compile_expect,
    compile_save,
    default_expect,
)
from pytest_orchestra.suite.file import CallPart, FinallyPart, RetryPart, StepPart, Texts
from pytest_orchestra.suite.places import Elements, UnknownElements
from pytest_orchestra.suite.placing import PlacedStep
from pytest_orchestra.suite.python_steps import PythonStep

_ALIAS = re.compile(r"[^\W\d]\w*")
_SHOWN = 60


class _Called(NamedTuple):
    """The call of a step and where it stands."""

    kind: StepKind
    part: CallPart
    path: PartPath


@dataclass(slots=True, kw_only=True)
class StepCompiler:
    """Compiles the steps of one suite.

    Attributes:
        python_files: the modules that the suite names: their steps must stand in its process.
        problems: gets everything that is wrong with the steps.
    """

    elements: Elements | UnknownElements
    context: CallContext
    python_files: Sequence[Path] = ()
    problems: list[Problem]

    def compile(self, index: int, part: StepPart) -> PlacedStep | None:
        """Compile one step of the file; None where too little of it is right to be placed.

        Args:
            index: its position in the file.
            part: as decoded.
        """
        path: PartPath = ("steps", index)
        passage, places = self._standing(part, path)
        placed = self._placed(part, path)
        if placed is None or not places:
            return None
        return replace(placed, places=places, passage=passage)

    def compile_finally(self, index: int, part: FinallyPart) -> PlacedStep | None:
        """Compile one step of ``finally``, which has no place; None as of ``compile``."""
        path: PartPath = ("finally", index)
        self._check_alias(part.alias, path)
        return self._placed(part, path)

    def _placed(self, part: FinallyPart, path: PartPath) -> PlacedStep | None:
        when = self._found(part.when, (*path, "when"))
        called = self._called(part, path)
        step = self._step(part, path, called) if called is not None else None
        if step is None:
            return None
        passed = tuple(each.id for each in when if not each.is_process)
        return PlacedStep(step=step, places=(), when=passed)

    def compile_python(self, number: int, marked: PythonStep) -> PlacedStep | None:
        """Compile a Python step; None where it stands nowhere in this process.

        Args:
            number: for its id, from 1.
            marked: as the decorator left it.
        """
        at = marked.location or SourceLocation(file="")
        if marked.alias is not None and not _ALIAS.fullmatch(marked.alias):
            self.problems.append(_bad_alias(marked.alias, at))
        try:
            element = self.elements.find(marked.place, marked.location)
        except BindingError as error:
            self.problems.extend(self._softened(error, at))
            return None
        step = Step(
            id=marked.alias or f"step-{number}",
            name=marked.name,
            kind=marked.kind,
            location=at,
            alias=marked.alias,
            python=marked,
            expect=default_expect(self.context.defaults, marked.within),
            retry=self._python_retry(marked, at),
            exclusive=marked.exclusive,
            always=marked.always,
            fingerprint=_fingerprint_of(marked),
        )
        return PlacedStep(step=step, places=(element,))

    def _python_retry(self, marked: PythonStep, at: SourceLocation) -> Retry:
        """What the decorator was given, by the rules of a suite file."""
        if marked.retry is None:
            return Retry()
        part, problems = decode_value(marked.retry, RetryPart, locate=lambda *_, **__: at)
        self.problems.extend(
            mistake(
                "python-step",
                f"retry of '{marked.name}': {each.message}",
                at=at,
                hint=each.hint or 'Write {"times": 2}.',
            )
            for each in problems
        )
        return _retry(part)

    def _softened(self, error: BindingError, at: SourceLocation) -> Iterator[Problem]:
        """A conftest may have steps of other processes too; what looks like a slip is told."""
        named = Path(at.file).resolve() in {file.resolve() for file in self.python_files}
        for problem in error.problems:
            if isinstance(problem, Problem):
                slip = "Did you mean" in problem.hint or problem.code == "ambiguous-element"
                severity = Severity.WARNING if slip else Severity.INFO
                yield problem if named else replace(problem, severity=severity)

    def _check_alias(self, alias: str | None, path: PartPath) -> None:
        if alias is not None and not _ALIAS.fullmatch(alias):
            at = self.context.document.location((*path, "alias"))
            self.problems.append(_bad_alias(alias, at))

    def _standing(self, part: StepPart, path: PartPath) -> tuple[Passage, tuple[Element, ...]]:
        self._check_alias(part.alias, path)
        if (part.at is None) == (part.leaving is None):
            self._say("place-missing", "a step has either 'at' or 'leaving'", path)
            return Passage.ENTERED, ()
        if part.at is not None:
            return Passage.ENTERED, self._found(part.at, (*path, "at"))
        places = self._found(part.leaving, (*path, "leaving"))
        for element in places:
            if not element.can_be_left:
                message = f"'{element.name}' is a {element.kind}: it is over as soon as it comes"
                self._say("cannot-be-left", message, (*path, "leaving"), hint="Write 'at'.")
        return Passage.LEFT, places

    def _found(self, names: Texts | None, path: PartPath) -> tuple[Element, ...]:
        """The elements that are called so, each once."""
        if names is None:
            return ()
        if names == []:
            self._say("place-missing", f"'{path[-1]}' names no element", path)
        texts = {(): names} if isinstance(names, str) else {(i,): t for i, t in enumerate(names)}
        found: dict[str, Element] = {}
        for inner, text in texts.items():
            at = self.context.document.location((*path, *inner))
            with collecting(self.problems):
                element = self.elements.find(text, at)
                found[element.id] = element
        return tuple(found.values())

    def _called(self, part: FinallyPart, path: PartPath) -> _Called | None:
        calls = [
            _Called(kind, call, (*path, kind.value.lower()))
            for kind, call in ((StepKind.ACTION, part.action), (StepKind.ASSERTION, part.assertion))
            if call is not None
        ]
        if len(calls) != 1:
            self._say("call-missing", "a step has either 'action' or 'assertion'", path)
            return None
        return calls[0]

    def _step(self, part: FinallyPart, at: PartPath, called: _Called) -> Step | None:
        kind, call, path = called
        section, index = str(at[0]).removesuffix("s"), int(at[1])
        plugin = find_plugin(call, self.context, path, self.problems)
        mode = ActionMode(call.mode) if call.mode else ActionMode.SYNC
        if call.mode is not None and kind is StepKind.ASSERTION:
            self._say("unknown-key", "'mode' is for actions", (*path, "mode"), hint="Leave it out.")
            mode = ActionMode.SYNC
        expectation = ExpectContext(
            document=self.context.document,
            path=at,
            kind=kind,
            mode=mode,
            defaults=self.context.defaults,
            channel_defaults=self.context.channel_defaults(call.channel),
            problems=self.problems,
        )
        expect = compile_expect(part.expect, expectation)
        save = compile_save(part.save, expectation)
        if plugin is None:
            return None
        template = compile_call(
            call, plugin, kind=kind, context=self.context, path=path, problems=self.problems
        )
        return Step(
            id=part.alias or f"{section}-{index + 1}",
            name=part.name or _name_of(part, call),
            kind=kind,
            location=self.context.document.location(at),
            alias=part.alias,
            mode=mode,
            call=template,
            expect=expect,
            save=save,
            retry=_retry(part.retry),
            exclusive=part.exclusive,
            always=isinstance(part, StepPart) and part.always,
            fingerprint=digits_of(repr(self.context.document.part(at))),
        )

    def _say(self, code: str, message: str, path: PartPath, *, hint: str = "") -> None:
        at = self.context.document.location(path)
        self.problems.append(mistake(code, message, at=at, hint=hint))


def _fingerprint_of(marked: PythonStep) -> str:
    """What tells one version of a step from another: its code without places, its arguments."""
    function = inspect.unwrap(marked.function)
    code = getattr(function, "__code__", type(function).__qualname__)
    given = (marked.kind, marked.within, marked.retry, marked.exclusive, marked.always)
    defaults = (getattr(function, "__defaults__", ()), getattr(function, "__kwdefaults__", None))
    return digits_of(*map(_written, (code, given, defaults)))


def _written(value: object) -> str:
    """A constant as it is written in every process: sets in order, nothing by its address."""
    match value:
        case CodeType():
            return f"{value.co_code!r} {value.co_names} {_written(value.co_consts)}"
        case tuple() | list():
            return f"({', '.join(map(_written, value))})"
        case set() | frozenset() | Mapping():
            parts = value.items() if isinstance(value, Mapping) else value
            return f"{{{', '.join(sorted(map(_written, parts)))}}}"
        case None | str() | bytes() | int() | float() | complex():
            return repr(value)
    return value.name if isinstance(value, Enum) else type(value).__qualname__


def _retry(part: RetryPart | None) -> Retry:
    if part is None:
        return Retry()
    only = None if part.only is None else frozenset(map(ViolationType, part.only))
    backoff = Retry().backoff if part.backoff is None else part.backoff
    return Retry(times=part.times, only=only, backoff=backoff)


def _bad_alias(alias: str, at: SourceLocation) -> Problem:
    return mistake(
        "bad-name",
        f"'{shortened(alias)}' is no alias",
        at=at,
        hint="Begin with a letter; then letters, digits and '_'.",
    )


def _name_of(part: FinallyPart, call: CallPart) -> str:
    """What a step without a name is called: where it stands, and what it calls."""
    places: Texts | None = "finally"
    if isinstance(part, StepPart):
        places = part.at if part.at is not None else part.leaving
    place = places if isinstance(places, str) else ", ".join(places or ())
    fields = (call.model_extra or {}).values()
    target = next((each for each in fields if isinstance(each, str)), "")
    return shortened(f"{place}: {call.channel} {target}".strip(), _SHOWN)
