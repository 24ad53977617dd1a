"""JUEL's ``${…}`` and ``#{…}`` (JSR-341, 1.2 to 1.16) become trees."""

from __future__ import annotations

from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.scanning import Cursor, Lexis, Token, scan
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Call,
    Comparison,
    ComparisonOperator,
    If,
    Member,
    Name,
    Negative,
    Not,
    Or,
    Tree,
    constant,
)
from pytest_orchestra.expressions.conditions.values import Scalar, number

METHODS = {
    "equals": 1,
    "equalsIgnoreCase": 1,
    "contains": 1,
    "startsWith": 1,
    "endsWith": 1,
    "isEmpty": 0,
    "length": 0,
    "size": 0,
    "toLowerCase": 0,
    "toUpperCase": 0,
}
"""Methods of Java's strings and collections that are judged, with how many values they take."""

_VARIABLE_FUNCTIONS = ("equals", "notEquals")
_VARIABLE_PREFIXES = ("var", "vars", "variables")
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    (
        *("and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod"),
        *("empty", "instanceof", "true", "false", "null"),
    )
)
_EQUALITIES: dict[str, ComparisonOperator] = {"==": "=", "eq": "=", "!=": "!=", "ne": "!="}
_ORDERS: dict[str, ComparisonOperator] = {
    "<": "<",
    "lt": "<",
    "<=": "<=",
    "le": "<=",
    ">": ">",
    "gt": ">",
    ">=": ">=",
    "ge": ">=",
}
_SUMS: dict[str, ArithmeticOperator] = {"+": "+", "-": "-"}
_PRODUCTS: dict[str, ArithmeticOperator] = {"*": "*", "/": "/", "div": "/", "%": "%", "mod": "%"}

JUEL = Lexis(
    symbols=("==", "!=", "<=", ">=", "&&", "||", *"()[]{}<>=+-*/%!?:.,$#"),
    quotes="\"'",
    escapes={"\\": "\\", "'": "'", '"': '"'},
    has_codes=False,
    has_comments=False,
)


def parse_juel(source: str) -> Tree:
    """Read an expression of JUEL, with what surrounds it.

    Raises:
        Refused: it is none, or is outside of what is judged.
    """
    cursor = Cursor(scan(source, JUEL))
    if not cursor.take("$", "#"):
        cursor.refuse_next("an expression of JUEL is ${…}")
    cursor.demand("{")
    tree = _Parser(cursor).expression()
    cursor.demand("}")
    if cursor.token.kind != "end":
        cursor.refuse_next("a condition is one ${…} and nothing else")
    return tree


class _Parser:
    """Reads operators, from the loosest to the tightest."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def expression(self) -> Tree:
        self._cursor.deeper()
        tree = self._disjunction()
        if self._cursor.take("?"):
            then = self.expression()
            self._cursor.demand(":")
            tree = If(test=tree, then=then, otherwise=self.expression())
        self._cursor.higher()
        return tree

    def _disjunction(self) -> Tree:
        operands = [self._conjunction()]
        while self._cursor.take("||", "or"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Or(operands=tuple(operands))

    def _conjunction(self) -> Tree:
        operands = [self._equality()]
        while self._cursor.take("&&", "and"):
            operands.append(self._equality())
        return operands[0] if len(operands) == 1 else And(operands=tuple(operands))

    def _equality(self) -> Tree:
        tree = self._order()
        while sign := self._cursor.take(*_EQUALITIES):
            tree = Comparison(operator=_EQUALITIES[sign], left=tree, right=self._order())
        return tree

    def _order(self) -> Tree:
        tree = self._sum()
        while sign := self._cursor.take(*_ORDERS):
            tree = Comparison(operator=_ORDERS[sign], left=tree, right=self._sum())
        return tree

    def _sum(self) -> Tree:
        tree = self._product()
        while sign := self._cursor.take(*_SUMS):
            tree = Arithmetic(operator=_SUMS[sign], left=tree, right=self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._unary()
        while sign := self._cursor.take(*_PRODUCTS):
            tree = Arithmetic(operator=_PRODUCTS[sign], left=tree, right=self._unary())
        return tree

    def _unary(self) -> Tree:
        sign = self._cursor.take("!", "not", "-", "empty")
        if sign is None:
            return self._postfix(self._operand())
        self._cursor.deeper()
        operand = self._unary()
        self._cursor.higher()
        if sign == "empty":
            return Call(function="empty", arguments=(operand,))
        return Negative(of=operand) if sign == "-" else Not(of=operand)

    def _operand(self) -> Tree:
        token = self._cursor.token
        if token.kind == "string":
            return constant(self._cursor.next().text)
        if token.kind == "number":
            return constant(self._number())
        if self._cursor.take("("):
            tree = self.expression()
            self._cursor.demand(")")
            return tree
        if token.text in _CONSTANTS:
            return constant(_CONSTANTS[self._cursor.next().text])
        return self._named()

    def _number(self) -> Scalar:
        token = self._cursor.next()
        try:
            return number(token.text)
        except Refused as error:
            self._cursor.refuse(error.message, error.hint, token=token)

    def _named(self) -> Tree:
        token = self._cursor.token
        name = self._word()
        if name == "execution" and self._cursor.comes((".", "getVariable", "(")):
            self._cursor.skip(3)
            tree = Name(name=self._text())
            self._cursor.demand(")")
            return tree
        if self._cursor.at(":") and self._cursor.ahead(2).text == "(":
            return self._variable_function(name, token)
        if self._cursor.at("("):
            self._cursor.refuse(f"the function '{shortened(name)}' is not known", token=token)
        return Name(name=name)

    def _variable_function(self, prefix: str, token: Token) -> Tree:
        """``vars:equals(amount, 1)``, as Flowable has it."""
        self._cursor.demand(":")
        function = self._word()
        if prefix not in _VARIABLE_PREFIXES or function not in _VARIABLE_FUNCTIONS:
            message = f"the function '{shortened(f'{prefix}:{function}')}' is not known"
            self._cursor.refuse(message, token=token)
        self._cursor.demand("(")
        variable = Name(name=self._word())
        self._cursor.demand(",")
        equal = Call(function="equals", arguments=(variable, self.expression()))
        self._cursor.demand(")")
        return equal if function == "equals" else Not(of=equal)

    def _postfix(self, tree: Tree) -> Tree:
        while True:
            if self._cursor.take("."):
                token = self._cursor.token
                key = self._word()
                is_called = self._cursor.take("(")
                tree = self._method(tree, key, token) if is_called else Member(of=tree, key=key)
            elif self._cursor.take("["):
                tree = Member(of=tree, key=self._text())
                self._cursor.demand("]")
            else:
                return tree

    def _method(self, tree: Tree, name: str, token: Token) -> Tree:
        arguments: list[Tree] = []
        while not self._cursor.at(")"):
            arguments.append(self.expression())
            if not self._cursor.take(","):
                break
        self._cursor.demand(")")
        if METHODS.get(name) != len(arguments):
            self._cursor.refuse(f"the method '{shortened(name)}' is not judged", token=token)
        return Call(function=f".{name}", arguments=(tree, *arguments))

    def _word(self) -> str:
        if self._cursor.token.kind != "word" or self._cursor.token.text in _RESERVED:
            self._cursor.refuse_next("a name is expected here")
        return self._cursor.next().text

    def _text(self) -> str:
        if self._cursor.token.kind != "string":
            self._cursor.refuse_next("a text in quotes is expected here")
        return self._cursor.next().text
