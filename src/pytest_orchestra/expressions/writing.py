"""An expression's tree as a person would write it; read again it is the same tree."""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import nodes

from pytest_orchestra.expressions.sandbox import COMPARISONS

_BINARY = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
    nodes.And: "and",
    nodes.Or: "or",
}
_UNARY = {nodes.Not: "not ", nodes.Neg: "-", nodes.Pos: "+"}
_ATOMS = (
    nodes.Name,
    nodes.Literal,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Call,
    nodes.Filter,
)


def text_of_tree(node: nodes.Node) -> str:
    """The text of a tree as ``syntax.parse`` gives it."""
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=inner, attr=name):
            return f"{_grouped(inner)}.{name}"
        case nodes.Getitem(node=inner, arg=argument):
            return f"{_grouped(inner)}[{text_of_tree(argument)}]"
    return _literal(node) or _applied(node) or _operation(node)


def _literal(node: nodes.Node) -> str:
    match node:
        case nodes.Const(value=None):
            return "none"
        case nodes.Const(value=value):
            return str(value).lower() if isinstance(value, bool) else repr(value)
        case nodes.List(items=items):
            return f"[{_listed(items)}]"
        case nodes.Tuple(items=items):
            return f"({_listed(items)}{',' * (len(items) == 1)})"
        case nodes.Dict(items=pairs):
            each = (f"{text_of_tree(pair.key)}: {text_of_tree(pair.value)}" for pair in pairs)
            return f"{{{', '.join(each)}}}"
    return ""


def _applied(node: nodes.Node) -> str:
    match node:
        case nodes.Filter(node=nodes.Node() as inner, name=name):
            return f"{_grouped(inner)}|{name}{_arguments(node)}"
        case nodes.Test(node=inner, name=name):
            return f"{_grouped(inner)} is {name}{_arguments(node)}"
        case nodes.Call(node=inner):
            return f"{text_of_tree(inner)}{_arguments(node) or '()'}"
        case nodes.Slice(start=start, stop=stop, step=step):
            bounds = (text_of_tree(each) if each else "" for each in (start, stop))
            return ":".join(bounds) + (f":{text_of_tree(step)}" if step else "")
    return ""


def _operation(node: nodes.Node) -> str:
    match node:
        case nodes.Compare(expr=left, ops=operands):
            rest = (f"{COMPARISONS[each.op][0]} {_grouped(each.expr)}" for each in operands)
            return " ".join((_grouped(left), *rest))
        case nodes.BinExpr(left=left, right=right):
            return f"{_grouped(left)} {_BINARY[type(node)]} {_grouped(right)}"
        case nodes.UnaryExpr(node=inner):
            return f"{_UNARY[type(node)]}{_grouped(inner)}"
        case nodes.Concat(nodes=each):
            return " ~ ".join(map(_grouped, each))
        case nodes.CondExpr(test=test, expr1=first, expr2=second):
            otherwise = f" else {_grouped(second)}" if second else ""
            return f"{_grouped(first)} if {_grouped(test)}{otherwise}"
    raise NotImplementedError(type(node).__name__)


def _grouped(node: nodes.Node) -> str:
    text = text_of_tree(node)
    return text if isinstance(node, _ATOMS) else f"({text})"


def _listed(each: Iterable[nodes.Expr]) -> str:
    return ", ".join(map(text_of_tree, each))


def _arguments(node: nodes.Call | nodes.Filter | nodes.Test) -> str:
    keywords = [f"{each.key}={text_of_tree(each.value)}" for each in _keywords(node)]
    given = [*map(text_of_tree, node.args), *keywords]
    return f"({', '.join(given)})" if given else ""


def _keywords(node: nodes.Call | nodes.Filter | nodes.Test) -> list[nodes.Keyword]:
    return node.kwargs  # type: ignore[return-value]  # jinja2 calls them pairs and makes keywords
