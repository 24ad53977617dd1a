"""A tree as text again, for messages: in FEEL, or in JUEL where it came from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from pytest_orchestra.expressions.conditions.names import KEYWORDS
from pytest_orchestra.expressions.conditions.temporal import text_of as temporal_text
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    Constant,
    ContextOf,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Lambda,
    ListOf,
    Loop,
    Member,
    Name,
    Negative,
    Not,
    Or,
    Quantified,
    Range,
    Tree,
    Type,
)

_ATOMS = (Constant, Name, Member, Filter, ListOf, ContextOf, Call)


def feel_text(tree: Tree) -> str:
    """The tree as FEEL writes it."""
    return _FEEL[type(tree)](tree)


def juel_text(tree: Tree) -> str:
    """The tree as JUEL writes it, without ``${}``."""
    found = _JUEL.get(type(tree))
    return found(tree) if found else feel_text(tree)


def _operand(tree: Tree) -> str:
    text = feel_text(tree)
    is_negative = isinstance(tree, Constant) and text.startswith("-")
    return text if isinstance(tree, _ATOMS) and not is_negative else f"({text})"


def _end(tree: Tree) -> str:
    """An end of a range, where a bracket would close the range."""
    return _operand(tree) if isinstance(tree, Constant | Name) else f"({feel_text(tree)})"


def _constant(tree: Constant) -> str:
    match tree.value:
        case None:
            return "null"
        case bool():
            return "true" if tree.value else "false"
        case Decimal():
            return str(tree.value)
        case str():
            return _quoted(tree.value)
    return f'@"{temporal_text(tree.value)}"'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _call(tree: Call) -> str:
    return f"{tree.function}({_listed(tree.arguments)})"


def _listed(trees: Iterable[Tree]) -> str:
    return ", ".join(feel_text(each) for each in trees)


def _context(tree: ContextOf) -> str:
    pairs = zip(tree.keys, tree.items, strict=True)
    return "{" + ", ".join(f"{_key(key)}: {feel_text(item)}" for key, item in pairs) + "}"


def _key(key: str) -> str:
    return _quoted(key) if not key.isidentifier() or key in KEYWORDS else key


def _in(tree: In) -> str:
    return f"{_operand(tree.of)} in ({_listed(tree.tests)})"


def _range(tree: Range) -> str:
    opening, closing = "[" if tree.has_start else "(", "]" if tree.has_end else ")"
    return f"{opening}{_end(tree.start)}..{_end(tree.end)}{closing}"


def _if(tree: If) -> str:
    parts = (feel_text(each) for each in (tree.test, tree.then, tree.otherwise))
    return "if {} then {} else {}".format(*parts)


def _loops(loops: Iterable[Loop]) -> str:
    return ", ".join(
        f"{each.name} in {_operand(each.domain)}"
        + (f"..{_operand(each.last)}" if each.last else "")
        for each in loops
    )


def _type(tree: Type) -> str:
    if tree.name == "function":
        return "function<>->Any"
    parts = [_type(each) for each in tree.parts]
    if tree.keys:
        parts = [f"{key}: {part}" for key, part in zip(tree.keys, parts, strict=True)]
    is_plain = tree.name not in ("list", "range", "context")
    return tree.name if is_plain else f"{tree.name}<{', '.join(parts)}>"


def _infix(sign: str, trees: Iterable[Tree]) -> str:
    return f" {sign} ".join(_operand(each) for each in trees)


_FEEL: Mapping[type, Callable[[Any], str]] = {
    Constant: _constant,
    Name: lambda tree: tree.name,
    Member: lambda tree: f"{_operand(tree.of)}.{tree.key}",
    Filter: lambda tree: f"{_operand(tree.of)}[{feel_text(tree.test)}]",
    Negative: lambda tree: f"-{_operand(tree.of)}",
    Arithmetic: lambda tree: _infix(tree.operator, (tree.left, tree.right)),
    Comparison: lambda tree: _infix(tree.operator, (tree.left, tree.right)),
    And: lambda tree: _infix("and", tree.operands),
    Or: lambda tree: _infix("or", tree.operands),
    Not: lambda tree: f"not({feel_text(tree.of)})",
    Between: lambda tree: f"{_operand(tree.of)} between {_infix('and', (tree.low, tree.high))}",
    In: _in,
    Range: _range,
    Bound: lambda tree: f"{tree.operator} {_end(tree.limit)}",
    ListOf: lambda tree: f"[{_listed(tree.items)}]",
    ContextOf: _context,
    If: _if,
    Quantified: lambda tree: f"{tree.kind} {_loops(tree.loops)} satisfies {feel_text(tree.test)}",
    For: lambda tree: f"for {_loops(tree.loops)} return {feel_text(tree.result)}",
    InstanceOf: lambda tree: f"{_operand(tree.of)} instance of {_type(tree.type)}",
    Call: _call,
    Lambda: lambda tree: f"function({', '.join(tree.parameters)}) {feel_text(tree.result)}",
}


def _juel_operand(tree: Tree) -> str:
    text = juel_text(tree)
    return text if isinstance(tree, _ATOMS) else f"({text})"


def _juel_infix(sign: str, trees: Iterable[Tree]) -> str:
    return f" {sign} ".join(_juel_operand(each) for each in trees)


def _juel_constant(tree: Constant) -> str:
    if not isinstance(tree.value, str):
        return _constant(tree)
    return "'" + tree.value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _juel_call(tree: Call) -> str:
    first, *others = (_juel_operand(each) for each in tree.arguments)
    if tree.function == "equals":
        return f"vars:equals({first}, {others[0]})"
    if not tree.function.startswith("."):
        return f"({tree.function} {first})"
    return f"{first}{tree.function}({', '.join(others)})"


def _juel_if(tree: If) -> str:
    parts = (_juel_operand(each) for each in (tree.test, tree.then, tree.otherwise))
    return "{} ? {} : {}".format(*parts)


def _juel_name(tree: Name) -> str:
    return tree.name if tree.name.isidentifier() else f"execution.getVariable('{tree.name}')"


_JUEL: Mapping[type, Callable[[Any], str]] = {
    Constant: _juel_constant,
    Name: _juel_name,
    Member: lambda tree: f"{_juel_operand(tree.of)}[{_juel_constant(_text(tree.key))}]",
    Negative: lambda tree: f"-{_juel_operand(tree.of)}",
    Arithmetic: lambda tree: _juel_infix(tree.operator, (tree.left, tree.right)),
    Comparison: lambda tree: _juel_infix(
        "==" if tree.operator == "=" else tree.operator, (tree.left, tree.right)
    ),
    And: lambda tree: _juel_infix("&&", tree.operands),
    Or: lambda tree: _juel_infix("||", tree.operands),
    Not: lambda tree: f"!{_juel_operand(tree.of)}",
    If: _juel_if,
    Call: _juel_call,
}


def _text(value: str) -> Constant:
    return Constant(kind="string", value=value)
