"""FEEL expressions (DMN 1.4, 10.3.1.2) become trees.

The dialect ``plain`` also reads ``==``, ``!``, ``&&``, ``||`` and texts in single quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from pytest_orchestra.expressions.conditions.names import KnownNames, joined_words
from pytest_orchestra.expressions.conditions.operands import COMPARISONS, Operands
from pytest_orchestra.expressions.conditions.scanning import Cursor, Lexis, scan
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    ArithmeticOperator,
    Between,
    Comparison,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Loop,
    Member,
    Negative,
    Not,
    Or,
    Quantified,
    Tree,
)
from pytest_orchestra.expressions.conditions.typenames import read_type

_SYMBOLS = ("..", "**", "!=", "<=", ">=", "->", *"()[]{}<>=+-*/,:.@")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}

FEEL = Lexis(symbols=_SYMBOLS, quotes='"', escapes=_ESCAPES, has_codes=True, has_comments=True)
PLAIN = Lexis(
    symbols=("==", "&&", "||", *_SYMBOLS, "!"),
    quotes="\"'",
    escapes=_ESCAPES,
    has_codes=True,
    has_comments=True,
)

_ADDITIVE: dict[str, ArithmeticOperator] = {"+": "+", "-": "-"}
_MULTIPLICATIVE: dict[str, ArithmeticOperator] = {"*": "*", "/": "/"}
_POWER: dict[str, ArithmeticOperator] = {"**": "**"}


def parse_feel(
    source: str, names: Iterable[str] = (), *, dialect: Literal["feel", "plain"] = "feel"
) -> Tree:
    """Read an expression of FEEL.

    Args:
        source: without a leading ``=``.
        names: those that hold operators or keywords; others are read without being known.
        dialect: ``plain`` also reads the operators and quotes of other languages.

    Raises:
        Refused: it is none, or is outside of what is judged.
    """
    lexis = FEEL if dialect == "feel" else PLAIN
    return _Parser(Cursor(scan(source, lexis)), KnownNames(names, lexis), lexis).whole()


class _Parser(Operands):
    """Reads operators, from the loosest to the tightest."""

    def __init__(self, cursor: Cursor, names: KnownNames, lexis: Lexis) -> None:
        super().__init__(cursor, names)
        self._lexis = lexis
        self._is_plain = is_plain = lexis is PLAIN
        self._ends_range = False  # then a "[" is the range's end and begins no filter
        self._ors = ("or", "||") if is_plain else ("or",)
        self._ands = ("and", "&&") if is_plain else ("and",)

    def whole(self) -> Tree:
        """Read everything.

        Raises:
            Refused: it is no expression, or more than one.
        """
        tree = self.expression()
        if self._cursor.token.kind != "end":
            self._cursor.refuse_next("the condition should end here")
        return tree

    def of_text(self, text: str) -> Tree:
        return _Parser(Cursor(scan(text, self._lexis)), self._names, self._lexis).whole()

    def expression(self) -> Tree:
        self._cursor.deeper()
        self._ends_range, before = False, self._ends_range
        match self._cursor.take("if", "for", "some", "every"):
            case "if":
                tree = self._if()
            case "for":
                loops = self._loops("return")
                tree = For(loops=loops, result=self.expression())
            case "some":
                loops = self._loops("satisfies")
                tree = Quantified(kind="some", loops=loops, test=self.expression())
            case "every":
                loops = self._loops("satisfies")
                tree = Quantified(kind="every", loops=loops, test=self.expression())
            case _:
                tree = self._disjunction()
        self._ends_range = before
        self._cursor.higher()
        return tree

    def endpoint(self) -> Tree:
        self._ends_range, before = True, self._ends_range
        tree = self._additive()
        self._ends_range = before
        return tree

    def _if(self) -> Tree:
        test = self.expression()
        self._cursor.demand("then")
        then = self.expression()
        self._cursor.demand("else")
        return If(test=test, then=then, otherwise=self.expression())

    def _loops(self, end: str) -> tuple[Loop, ...]:
        loops: list[Loop] = []
        while True:
            name = joined_words(self._cursor)
            self._cursor.demand("in")
            domain = self.expression()
            last = self._additive() if self._cursor.take("..") else None
            loops.append(Loop(name=name, domain=domain, last=last))
            if not self._cursor.take(","):
                break
        self._cursor.demand(end)
        return tuple(loops)

    def _disjunction(self) -> Tree:
        operands = [self._conjunction()]
        while self._cursor.take(*self._ors):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Or(operands=tuple(operands))

    def _conjunction(self) -> Tree:
        operands = [self._comparison()]
        while self._cursor.take(*self._ands):
            operands.append(self._comparison())
        return operands[0] if len(operands) == 1 else And(operands=tuple(operands))

    def _comparison(self) -> Tree:
        tree: Tree
        if (negation := self._negated()) is not None:
            return negation
        left = self._additive()
        sign = self._cursor.take(*COMPARISONS, *(("==",) if self._is_plain else ()))
        if sign is not None:
            operator = COMPARISONS["=" if sign == "==" else sign]
            tree = Comparison(operator=operator, left=left, right=self._additive())
        elif self._cursor.take("between"):
            low = self._additive()
            self._cursor.demand("and")
            tree = Between(of=left, low=low, high=self._additive())
        elif self._cursor.take("in"):
            tree = In(of=left, tests=self._tests())
        else:
            return left
        if self._cursor.at(*COMPARISONS, "==", "between", "in"):
            self._cursor.refuse("a comparison of a comparison", "Put one of them in brackets.")
        return tree

    def _negated(self) -> Tree | None:
        """``!x`` and ``not x``, which only the plain dialect has."""
        is_word = self._cursor.at("not") and not self._cursor.comes(("not", "("))
        if not is_word and not self._cursor.at("!"):
            return None
        if not self._is_plain:
            self._cursor.refuse("'not' takes its value in brackets", "Write not(…).")
        self._cursor.next()
        self._cursor.deeper()
        tree = Not(of=self._negated() or self._additive())
        self._cursor.higher()
        return tree

    def _tests(self) -> tuple[Tree, ...]:
        """What stands behind ``in``: one test, or several in brackets."""
        if (test := self.unary_test()) is not None:
            return (test,)
        if not self._cursor.at("("):
            return (self._additive(),)
        token = self._cursor.next()
        tests = [self._positive_test()]
        if self._cursor.take(".."):
            return (self._range(tests[0], has_start=False),)
        while self._cursor.take(","):
            tests.append(self._positive_test())
        self._cursor.demand(")")
        if self._cursor.at(".", "[", "+", "-", "*", "/", "**", "instance"):
            self._cursor.refuse("an expression begins with a bracket after 'in'", token=token)
        return tuple(tests)

    def _positive_test(self) -> Tree:
        return self.unary_test() or self.expression()

    def _additive(self) -> Tree:
        return self._operations(_ADDITIVE, self._product)

    def _product(self) -> Tree:
        return self._operations(_MULTIPLICATIVE, self._power)

    def _power(self) -> Tree:
        return self._operations(_POWER, self._negation)

    def _operations(
        self, signs: dict[str, ArithmeticOperator], operand: Callable[[], Tree]
    ) -> Tree:
        token = self._cursor.token
        left = operand()
        while sign := self._cursor.take(*signs):
            if sign == "**" and token.text == "-" and token.kind == "symbol":
                self._cursor.refuse("a power of a negative", "Put it in brackets.", token=token)
            left = Arithmetic(operator=signs[sign], left=left, right=operand())
        return left

    def _negation(self) -> Tree:
        if self._cursor.take("-"):
            self._cursor.deeper()
            negative = Negative(of=self._negation())
            self._cursor.higher()
            return negative
        tree = self._postfix(self.operand())
        if not self._cursor.take("instance"):
            return tree
        self._cursor.demand("of")
        return InstanceOf(of=tree, type=read_type(self._cursor))

    def _postfix(self, tree: Tree) -> Tree:
        while True:
            if self._cursor.take("."):
                tree = Member(of=tree, key=self._names.read(self._cursor) or self._word_name())
            elif not self._ends_range and self._cursor.take("["):
                tree = Filter(of=tree, test=self.expression())
                self._cursor.demand("]")
            elif self._cursor.at("("):
                self._cursor.refuse("only built-in functions can be called")
            else:
                return tree

    def _word_name(self) -> str:
        return joined_words(self._cursor)
