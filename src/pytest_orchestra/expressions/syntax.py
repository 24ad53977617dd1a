"""The text of an expression becomes jinja2's tree of it, checked and made ready to run.

What cannot be written, whatever the values, is found here: methods, unknown filters and functions,
assignments. Names are not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from jinja2 import TemplateSyntaxError, nodes

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.expressions.catalogue import FILTERS, FUNCTIONS, TEST_SIGNS, TESTS
from pytest_orchestra.expressions.jsonpath import compile_path
from pytest_orchestra.expressions.sandbox import (
    CONCATENATE,
    DECIMAL,
    INSTANT,
    SANDBOX,
    SLICE,
    comparison_filter,
)

MAX_SOURCE = 10_000
"""Characters of one expression."""
MAX_LEVELS = 60
"""How deep brackets and operations may lie in each other: ``a + b + c`` are two levels."""

STRING = r"'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\""
"""A text in an expression, as a regular expression; dots must match line feeds."""


def _read_pattern(text: str) -> object:
    from pytest_orchestra.expressions.patterns import compile_pattern  # noqa: PLC0415 - 7 ms

    return compile_pattern(text)


_READ: Mapping[str, Callable[[str], object]] = {
    "jsonpath": compile_path,
    **dict.fromkeys(("regex_search", "regex_findall", "regex_replace", "matching"), _read_pattern),
}
"""How the first argument of a filter or test is read."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BACKSLASH = re.compile(
    r"(\\(?:[\\'\"nrt\n]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))|\\(.)", re.DOTALL
)
_STRINGS = re.compile(STRING, re.DOTALL)
_FILTERS = frozenset(each.name for each in (*FILTERS, *FUNCTIONS) if each.function)
_TESTS = frozenset(each.name for each in TESTS)
_NAMED_TESTS = _TESTS | TEST_SIGNS.keys()
_FUNCTIONS = frozenset(each.name for each in FUNCTIONS)
_AS_FILTERS = frozenset(each.name for each in FUNCTIONS if each.function)

_ADVICE = (
    (re.compile(r"&&"), "'&&' is not part of the language", "Write 'and'."),
    (re.compile(r"\|\|"), "'||' is not part of the language", "Write 'or'."),
    (re.compile(r"!==?=|==="), "'===' is not part of the language", "Write == or !=."),
    (re.compile(r"!(?!=)"), "'!' is not part of the language", "Write 'not'."),
    (re.compile(r"\{\{|\}\}"), "'{{ }}' does not stand in an expression", "Leave it out."),
    (re.compile(r"(?<![=!<>])=(?!=)"), "'=' assigns, and nothing can be assigned", "Write ==."),
    (re.compile(r"\?"), "'?' is not part of the language", "Write: this if condition else that."),
    (re.compile(r";"), "';' is not part of the language", "Write one expression."),
)


class SyntaxProblem(Exception):  # noqa: N818 - caught by its neighbours, which make a Problem of it
    """What is wrong with the text of an expression.

    Args:
        message: what is wrong, without place.
        hint: what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse(source: str) -> nodes.Expr:
    """Read an expression.

    Raises:
        SyntaxProblem: it is none, or uses what there is not.
    """
    if not source.strip():
        raise SyntaxProblem("the expression is empty", "Write a name, such as data.amount.")
    if len(source) > MAX_SOURCE:
        raise SyntaxProblem(f"the expression has more than {MAX_SOURCE} characters", "Split it.")
    _check_brackets(source)
    match _parsed(source):
        case [nodes.Output(nodes=[expression])] if isinstance(expression, nodes.Expr):
            _check_depth(expression)
            _check(expression)
            return expression
    raise SyntaxProblem("this is more than one expression", "Write one.")


def _parsed(source: str) -> list[nodes.Node]:
    try:
        return SANDBOX.parse(f"{{{{ {_STRINGS.sub(_plain, source)} }}}}").body
    except TemplateSyntaxError as error:
        raise _worded(error, source) from error
    except ValueError as error:
        raise SyntaxProblem("a number has too many digits") from error
    except RecursionError as error:
        raise _too_deep() from error


def _plain(string: re.Match[str]) -> str:
    r"""A text in which a backslash that escapes nothing, as in ``'\d'``, is one."""
    return _BACKSLASH.sub(lambda found: found[1] or f"\\\\{found[2]}", string[0])


def prepared(node: nodes.Node) -> nodes.Node:
    """The tree as it is run: comparisons, fractions and functions as filters of the sandbox."""
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, field, prepared(value))
        elif isinstance(value, list):
            setattr(node, field, [_prepared_item(each) for each in value])
    return _replaced(node)


def _prepared_item(value: object) -> object:
    return prepared(value) if isinstance(value, nodes.Node) else value


def _replaced(node: nodes.Node) -> nodes.Node:
    match node:
        case nodes.Compare(expr=left, ops=operands):
            return _comparisons(left, operands)
        case nodes.Concat(nodes=parts):
            return _filter(nodes.List(parts, lineno=node.lineno), CONCATENATE)
        case nodes.Const(value=float()) | nodes.Name(name="null"):
            return _constant(node)
        case nodes.Getitem(node=inner, arg=nodes.Slice() as cut):
            bounds = [each or _null(node) for each in (cut.start, cut.stop, cut.step)]
            return _filter(inner, SLICE, *bounds)
        case nodes.Call(node=nodes.Name(name=name)):
            return _called(node, name)
    return node


def _constant(node: nodes.Const | nodes.Name) -> nodes.Expr:
    if isinstance(node, nodes.Name):
        return _null(node)
    return _filter(nodes.Const(repr(node.value), lineno=node.lineno), DECIMAL)


def _null(node: nodes.Node) -> nodes.Const:
    return nodes.Const(None, lineno=node.lineno)


def _called(node: nodes.Call, name: str) -> nodes.Expr:
    if name in _AS_FILTERS:
        return _filter(node.args[0], name)
    return _filter(node, INSTANT) if name == "now" else node


def _comparisons(left: nodes.Expr, operands: list[nodes.Operand]) -> nodes.Expr:
    """``a < b < c`` as ``a < b and b < c``."""
    result: nodes.Expr | None = None
    for operand in operands:
        one = _filter(left, comparison_filter(operand.op), operand.expr)
        result = one if result is None else nodes.And(result, one, lineno=one.lineno)
        left = operand.expr
    assert result is not None  # noqa: S101 - a comparison has an operand
    return result


def _filter(node: nodes.Node, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [*arguments], [], None, None, lineno=node.lineno)


def _check_brackets(source: str) -> None:
    opened: list[str] = []
    for character in _STRINGS.sub("", source):
        if character in _PAIRS:
            opened.append(_PAIRS[character])
            if len(opened) > MAX_LEVELS:
                raise _too_deep()
        elif character in ")]}" and (not opened or opened.pop() != character):
            raise SyntaxProblem(f"this '{character}' closes nothing", "Remove it.")
    if opened:
        raise SyntaxProblem(f"a '{opened[-1]}' is missing", "Close what is open.")


def _check_depth(tree: nodes.Expr) -> None:
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_LEVELS):
        level = [child for node in level for child in node.iter_child_nodes()]
    if level:
        raise _too_deep()


def _too_deep() -> SyntaxProblem:
    return SyntaxProblem(f"the expression has more than {MAX_LEVELS} levels", "Split it.")


def _worded(error: TemplateSyntaxError, source: str) -> SyntaxProblem:
    bare = _STRINGS.sub("''", source)
    for pattern, message, hint in _ADVICE:
        if pattern.search(bare):
            return SyntaxProblem(message, hint)
    message = (error.message or "this is no expression").replace("print statement", "expression")
    if message == "unexpected 'end of expression'":
        return SyntaxProblem("the expression ends too early", "Complete it.")
    message = message.replace("expected token 'end of expression', got", "unexpected")
    return SyntaxProblem(re.sub(r" at \d+$", "", message))


def _check(tree: nodes.Expr) -> None:
    everything = (tree, *tree.find_all(nodes.Node))
    called = {id(node.node) for node in everything if isinstance(node, nodes.Call)}
    for node in everything:
        match node:
            case nodes.Name(name=name):
                _check_name(name, is_called=id(node) in called)
            case nodes.Call():
                _check_call(node)
            case nodes.Filter(name=name):
                _check_known(name, _FILTERS, "filter")
                _check_literal(node, name)
            case nodes.Test(name=name):
                _check_known(name, _TESTS, "test")
                _check_literal(node, name)
            case nodes.CondExpr(expr2=None):
                raise SyntaxProblem("an 'if' without an 'else'", "Say what there is otherwise.")
            case nodes.Const(value=float() as number) if number == float("inf"):
                raise SyntaxProblem("a number is too large")


def _check_name(name: str, *, is_called: bool) -> None:
    if name == "self":  # jinja2 would give its own object for it
        raise SyntaxProblem("there is no name 'self'")
    if name in _FUNCTIONS and not is_called:
        raise SyntaxProblem(f"'{name}' is a function", f"Write {name}(…).")


def _check_call(node: nodes.Call) -> None:
    match node.node:
        case nodes.Name(name=name):
            _check_known(name, _FUNCTIONS, "function")
            if name in _AS_FILTERS and (len(node.args) != 1 or node.kwargs):
                raise SyntaxProblem(f"{name}() takes one value")
        case nodes.Getattr(attr=name):
            hint = f"Write it as a filter: … | {name}." if name in _FILTERS else ""
            hint = hint or suggestion(name, _FILTERS, "Filters")
            raise SyntaxProblem(f"methods cannot be called, '.{shortened(name)}()' neither", hint)
        case _:
            raise SyntaxProblem("only functions can be called", "Functions: " + _listed(_FUNCTIONS))
    if node.dyn_args or node.dyn_kwargs:
        raise SyntaxProblem("'*' before an argument is not part of the language")


def _check_literal(node: nodes.Filter | nodes.Test, name: str) -> None:
    """A pattern, path or name that is written out can be judged before it is used."""
    texts = [each.value if isinstance(each, nodes.Const) else None for each in node.args[:2]]
    match (name, *texts):
        case ("map", str() as inner, *_):
            _check_known(inner, _FILTERS, "filter")
        case ("select" | "reject", str() as inner, *_):
            _check_known(inner, _NAMED_TESTS, "test")
        case ("selectattr" | "rejectattr", _, str() as inner):
            _check_known(inner, _NAMED_TESTS, "test")
        case (_, str() as text, *_) if name in _READ:
            try:
                _READ[name](text)
            except ValueError as error:
                raise SyntaxProblem(str(error)) from error


def _check_known(name: str, known: Iterable[str], what: str) -> None:
    if name not in known:
        hint = suggestion(name, known, f"{what.capitalize()}s")
        raise SyntaxProblem(f"there is no {what} '{shortened(name)}'", hint)


def _listed(names: Iterable[str]) -> str:
    return f"{', '.join(sorted(names))}."
