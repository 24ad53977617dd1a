"""Expressions compiled once per distinct text, and run with given names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import InvalidOperation, Overflow
from functools import cached_property, lru_cache
from typing import cast

from jinja2 import Template, TemplateError, Undefined, nodes

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.sandbox import SANDBOX
from pytest_orchestra.expressions.syntax import parse, prepared
from pytest_orchestra.expressions.trees import name_paths, parts, path_of
from pytest_orchestra.expressions.values import is_list, kind_of
from pytest_orchestra.expressions.work import TooMuchWork, account, charge, weight
from pytest_orchestra.model import SourceLocation

MAX_CACHED = 8_192
"""Distinct expressions that are kept compiled."""

_MISSING = object()
_RESULT = "_result"
_BUILDS = (nodes.List, nodes.Tuple, nodes.Dict, nodes.Filter)
_FAILURES = (
    *(TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError),
    TooMuchWork,
)
_ARITHMETIC = {
    ZeroDivisionError: "it divides by zero",
    InvalidOperation: "it has no result that is a number",
    OverflowError: "the result is too large",
    Overflow: "the result is too large",
    RecursionError: "the value is nested too deep",
}


class Failure(Exception):  # noqa: N818 - caught by its neighbours, which say where it happened
    """Why an expression has no value.

    Args:
        message: what is wrong, without place.
        hint: what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


@dataclass(frozen=True, kw_only=True)
class Program:
    """An expression that is ready to run; without slots, because it compiles when first run.

    Attributes:
        source: as written, without white space around it.
        references: the names that it reads, without a place.
        parts: what a failed rule shows of it, as expressions.
        builds: whether it may put a new list or mapping together.
        path: the keys of an expression that only looks a value up; empty for any other.
        tree: of jinja2.
    """

    source: str
    references: tuple[Reference, ...]
    path: tuple[str, ...]
    parts: tuple[str, ...]
    builds: bool
    tree: nodes.Expr = field(repr=False)

    @cached_property
    def template(self) -> Template:
        """The compiled tree."""
        target = nodes.Name(_RESULT, "store", lineno=1)
        body = nodes.Assign(target, prepared(self.tree), lineno=1)
        return SANDBOX.from_string(nodes.Template([body], lineno=1))

    def run(self, names: Mapping[str, object], location: SourceLocation | None = None) -> object:
        """The expression's value, unchanged if it is one of a name's.

        Args:
            names: what it may read.
            location: where it stands, for the error.

        Raises:
            EvaluationError: a name is undefined, or values cannot be used so.
        """
        try:
            return self.attempt(names)
        except Failure as failure:
            place = f"{location}: " if location else ""
            message = f"{place}`{shortened(self.source, 80)}`: {failure.message}"
            raise EvaluationError(message, hint=failure.hint) from failure

    def attempt(self, names: Mapping[str, object]) -> object:
        """As ``run``, for those who say themselves where the expression stands.

        Raises:
            Failure: a name is undefined, or values cannot be used so.
        """
        try:
            if self.path and (found := _followed(self.path, names)) is not _MISSING:
                return found
            with account():
                return self._computed(names)
        except EvaluationError as error:
            raise Failure(error.message, error.hint) from error
        except _FAILURES as error:
            raise self._explained(error, names) from error

    def _computed(self, names: Mapping[str, object]) -> object:
        context = self.template.new_context(cast("dict[str, object]", names), shared=True)
        all(self.template.root_render_func(context))  # it yields nothing and sets the result
        value = context.vars[_RESULT]
        return _settled(value) if self.builds or isinstance(value, Undefined) else value

    def _explained(self, error: Exception, names: Mapping[str, object]) -> Failure:
        for reference in self.references:
            if not reference.optional and (found := missing(reference, names)):
                return found
        for kind, message in _ARITHMETIC.items():
            if isinstance(error, kind):
                return Failure(message)
        return Failure(str(error) or type(error).__name__)


@lru_cache(maxsize=MAX_CACHED)
def program(source: str) -> Program:
    """Compile an expression.

    Raises:
        SyntaxProblem: it is none.
    """
    tree = parse(source)
    references = (
        Reference(root=path[0], path=path[1:], optional=optional)
        for path, optional in name_paths(tree).items()
    )
    return Program(
        source=source.strip(),
        references=tuple(references),
        path=path_of(tree) or (),
        parts=parts(tree),
        builds=any(isinstance(each, _BUILDS) for each in (tree, *tree.find_all(nodes.Expr))),
        tree=tree,
    )


def _followed(path: tuple[str, ...], names: Mapping[str, object]) -> object:
    """What is at the end of a path; _MISSING where the template is to say what is wrong with it."""
    value: object = names
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def missing(reference: Reference, names: Mapping[str, object]) -> Failure | None:
    """What is missing on a reference's way; None if all of it is there."""
    value: object = names
    way: list[str] = []
    for step in (reference.root, *reference.path):
        if not isinstance(value, Mapping):
            hint = "Say which item: [0]." if is_list(value) else ""
            return Failure(f"'{'.'.join(way)}' is {kind_of(value)} and has no '{step}'", hint)
        way.append(step)
        if step not in value:
            where = f"'{'.'.join(way[:-1])}' has" if len(way) > 1 else "There are"
            hint = suggestion(step, map(str, value), where)
            return Failure(f"'{'.'.join(way)}' is undefined", hint)
        value = value[step]
    return None


def _settled(value: object) -> object:
    """Lists for tuples; an undefined value inside raises what it has to say."""
    if isinstance(value, Undefined):
        str(value)
    charge(1 + weight(value))
    if isinstance(value, dict):
        return {key: _settled(each) for key, each in value.items()}
    if is_list(value):
        return [_settled(each) for each in value]
    return value
