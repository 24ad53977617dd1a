"""The decorator that marks Python functions as steps, and how marked ones are found.

Nothing is registered and nothing heavy is imported: user modules import this at start-up.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import Literal, TypeVar

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, Severity, SourceLocation
from pytest_orchestra.results import StepKind

_MARK = "__orchestra_steps__"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

_Function = TypeVar("_Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonStep:
    """A function marked by ``@orchestra.step``.

    Attributes:
        place: as given to the decorator.
        fixtures: the names of its parameters that have no default.
        within: seconds; None: the suite's default.
        retry: as given; it is read with the suite, as that of a step of the file.
        always: as of ``Step``.
    """

    function: Callable[..., object]
    place: str
    name: str
    kind: StepKind = StepKind.ACTION
    alias: str | None = None
    within: float | None = None
    exclusive: str | None = None
    retry: Mapping[str, object] | None = field(default=None, hash=False)
    always: bool = False
    fixtures: tuple[str, ...] = ()
    location: SourceLocation | None = None

    @property
    def sleeps(self) -> bool:
        """Whether the function itself calls something named ``sleep``; what it calls may too."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return code is not None and _sleeps(code)


def step(
    place: str,
    *,
    alias: str | None = None,
    kind: StepKind | Literal["ACTION", "ASSERTION"] = StepKind.ACTION,
    within: float | str | None = None,
    exclusive: str | None = None,
    retry: Mapping[str, object] | None = None,
    always: bool = False,
) -> Callable[[_Function], _Function]:
    """Mark a sync or async function as the step at ``place``.

    The function may ask for fixtures and returns a mapping of what it saves, or None. As an
    ASSERTION it is repeated until it raises no AssertionError or its deadline passes. The first
    line of its docstring is the step's name in reports. Decorate twice to bind it to two places.

    Args:
        place: id or name of the process, node or flow, or ``Gateway/flow``.
        alias: the name by which other steps refer to its result, ``step.ALIAS``.
        kind: what the step is, in any case.
        within: its deadline in seconds, or text such as ``"10s"``; None: the suite's default.
        exclusive: scenarios with steps that name the same take turns; ``"*"``: no other runs.
        retry: as in a suite file, ``{"times": 2, "backoff": "1s"}``; what is wrong with it is told
            where the suite is.
        always: it runs also where a run goes on at a later step.

    Raises:
        DefinitionError: an argument cannot be used; the problem has the function's place.
    """
    if callable(place):
        raise _refusal(place, "the decorator is given no place", 'Write @orchestra.step("PLACE")')

    def mark(function: _Function) -> _Function:
        marked = PythonStep(
            function=function,
            place=_text(function, "place", place),
            name=_name_of(function),
            kind=_kind(function, kind),
            alias=None if alias is None else _text(function, "alias", alias),
            within=_seconds(function, within),
            exclusive=None if exclusive is None else _text(function, "exclusive", exclusive),
            retry=retry,
            always=_flag(function, always),
            fixtures=_fixtures_of(function),
            location=_location_of(function),
        )
        earlier: tuple[PythonStep, ...] = getattr(function, _MARK, ())
        setattr(function, _MARK, (marked, *earlier))
        return function

    return mark


def find_python_steps(namespace: Mapping[str, object]) -> tuple[PythonStep, ...]:
    """The steps among the functions of a module's namespace, in the order of definition.

    A function that another decorator wrapped after it was marked is called as it stands there.
    """
    found: dict[int, PythonStep] = {}
    for value in namespace.values():
        if not inspect.isfunction(value):
            continue
        for marked in getattr(value, _MARK, ()):
            own = marked.function is value
            found[id(marked)] = (
                marked if own else replace(marked, function=value, fixtures=_fixtures_of(value))
            )
    return tuple(found.values())


def _text(function: Callable[..., object], argument: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _refusal(function, f"the {argument} of a step is text, not {value!r}", "Write a name")


def _flag(function: Callable[..., object], always: object) -> bool:
    if isinstance(always, bool):
        return always
    raise _refusal(function, f"always={always!r} is neither True nor False", "Write always=True")


def _kind(function: Callable[..., object], kind: object) -> StepKind:
    if isinstance(kind, StepKind):
        return kind
    if isinstance(kind, str) and kind.upper() in StepKind.__members__:
        return StepKind[kind.upper()]
    raise _refusal(function, f"a step cannot be of kind {kind!r}", "Write ACTION or ASSERTION")


def _seconds(function: Callable[..., object], within: object) -> float | None:
    seconds = None
    match within:
        case None:
            return None
        case bool():
            pass
        case int() | float():
            seconds = float(within)
        case str() if found := _DURATION.fullmatch(within.strip()):
            seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds is None or not 0 < seconds < math.inf:
        raise _refusal(
            function, f"{within!r} is no deadline", "Write seconds above 0, or text like '10s'"
        )
    return seconds


def _name_of(function: Callable[..., object]) -> str:
    lines = (inspect.getdoc(function) or "").splitlines()
    name = getattr(function, "__name__", "step").strip("_").replace("_", " ")
    return lines[0].strip().rstrip(".") if lines and lines[0].strip() else name


def _fixtures_of(function: Callable[..., object]) -> tuple[str, ...]:
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return tuple(
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in named and parameter.default is inspect.Parameter.empty
    )


def _sleeps(code: CodeType) -> bool:
    """Also in a function that stands within it."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return "sleep" in code.co_names or any(map(_sleeps, inner))


def _location_of(function: Callable[..., object]) -> SourceLocation | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    return SourceLocation(file=code.co_filename, line=code.co_firstlineno)


def _refusal(function: Callable[..., object], message: str, hint: str) -> DefinitionError:
    return DefinitionError(
        [
            Problem(
                severity=Severity.ERROR,
                code="python-step",
                message=message,
                hint=hint,
                location=_location_of(function),
            )
        ]
    )
