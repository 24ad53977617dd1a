"""The operands of FEEL: literals, names, calls, lists, contexts, ranges (DMN 1.4, 10.3.1.2)."""

from __future__ import annotations

from abc import abstractmethod

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.expressions.conditions.functions import FUNCTIONS, REFUSED_FUNCTIONS
from pytest_orchestra.expressions.conditions.names import (
    KEYWORDS,
    KnownNames,
    joined_words,
    unusual,
)
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.scanning import Cursor, Token
from pytest_orchestra.expressions.conditions.temporal import scalar_from
from pytest_orchestra.expressions.conditions.tree import (
    Bound,
    Call,
    ComparisonOperator,
    Constant,
    ContextOf,
    Lambda,
    ListOf,
    Name,
    Negative,
    Not,
    Range,
    Tree,
    constant,
)
from pytest_orchestra.expressions.conditions.typenames import read_type
from pytest_orchestra.expressions.conditions.values import Scalar, number

COMPARISONS: dict[str, ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_LONG_FUNCTIONS = tuple(
    (name.split(), name) for name in FUNCTIONS if KEYWORDS.intersection(name.split())
)
"""Their names hold keywords, ``date and time``."""


class Operands:
    """Reads operands; what stands between them is for its heir."""

    def __init__(self, cursor: Cursor, names: KnownNames) -> None:
        self._cursor = cursor
        self._names = names

    @abstractmethod
    def expression(self) -> Tree:
        """Read a whole expression."""

    @abstractmethod
    def of_text(self, text: str) -> Tree:
        """Read another text as a whole expression."""

    @abstractmethod
    def endpoint(self) -> Tree:
        """Read what may stand at the end of a range."""

    def operand(self) -> Tree:
        """Read an operand, without what may follow it.

        Raises:
            Refused: none comes next.
        """
        token = self._cursor.token
        if (name := self._names.read(self._cursor)) is not None:
            return Name(name=name)
        match token.kind:
            case "number":
                return constant(self._number(self._cursor.next()))
            case "string":
                return constant(self._cursor.next().text)
            case "word":
                return self._word()
        return self._bracketed()

    def unary_test(self) -> Tree | None:
        """Read ``< 10`` if an operator comes next."""
        sign = self._cursor.take(*COMPARISONS)
        return None if sign is None else Bound(operator=COMPARISONS[sign], limit=self.endpoint())

    def _word(self) -> Tree:
        for words, function in _LONG_FUNCTIONS:
            if count := self._cursor.comes((*words, "(")):
                token = self._cursor.token
                self._cursor.skip(count)
                return self._call(function, token)
        if self._cursor.token.text in _CONSTANTS:
            return constant(_CONSTANTS[self._cursor.next().text])
        if self._cursor.at("if", "for", "some", "every"):
            return self.expression()
        token = self._cursor.token
        if self._cursor.take("function"):
            return self._lambda()
        name = joined_words(self._cursor)
        if self._cursor.take("("):
            return self._call(name, token)
        return Name(name=name)

    def _lambda(self) -> Tree:
        """What follows ``function``."""
        self._cursor.demand("(")
        names: list[str] = []
        while not self._cursor.at(")"):
            names.append(joined_words(self._cursor))
            if self._cursor.take(":"):
                read_type(self._cursor)
            if not self._cursor.take(","):
                break
        self._cursor.demand(")")
        return Lambda(parameters=tuple(names), result=self.expression())

    def _bracketed(self) -> Tree:
        cursor = self._cursor
        token = cursor.token
        match cursor.take("(", "[", "]", "{", "@"):
            case "@":
                return self._at_literal(token)
            case "{":
                return self._context()
            case "(":
                return self._in_brackets()
            case "[":
                return self._list()
            case "]":
                start = self.endpoint()
                cursor.demand("..")
                return self._range(start, has_start=False)
            case _:
                return cursor.refuse_next("a value is expected here")

    def _number(self, token: Token) -> Scalar:
        try:
            return number(token.text)
        except Refused as error:
            self._cursor.refuse(error.message, error.hint, token=token)

    def _at_literal(self, token: Token) -> Tree:
        if self._cursor.token.kind != "string":
            self._cursor.refuse_next("a date, time or duration in quotes is expected here")
        text = self._cursor.next().text
        try:
            value = scalar_from(text)
        except Refused as error:
            self._cursor.refuse(error.message, error.hint, token=token)
        if value is None:
            message = f"'{shortened(text)}' is no date, time or duration"
            self._cursor.refuse(message, "Write as in ISO 8601.", token=token)
        return constant(value)

    def _in_brackets(self) -> Tree:
        """What follows ``(``: an expression, a unary test or a range without its start."""
        tree = self.unary_test() or self.expression()
        if self._cursor.take(".."):
            return self._range(tree, has_start=False)
        self._cursor.demand(")")
        return tree

    def _list(self) -> Tree:
        """What follows ``[``: items, or a range with its start."""
        items: list[Tree] = []
        while not self._cursor.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self._cursor.take(".."):
                return self._range(items[0], has_start=True)
            if not self._cursor.take(","):
                break
        self._cursor.demand("]")
        return ListOf(items=tuple(items))

    def _range(self, start: Tree, *, has_start: bool) -> Tree:
        end = self.endpoint()
        has_end = self._cursor.demand("]", ")", "[") == "]"
        return Range(start=start, end=end, has_start=has_start, has_end=has_end)

    def _context(self) -> Tree:
        keys: list[str] = []
        items: list[Tree] = []
        while not self._cursor.at("}"):
            token = self._cursor.token
            key = self._key()
            if key in keys:
                message = f"the key '{shortened(key)}' stands twice in a context"
                self._cursor.refuse(message, "Remove one.", token=token)
            self._cursor.demand(":")
            keys.append(key)
            items.append(self.expression())
            if not self._cursor.take(","):
                break
        self._cursor.demand("}")
        return ContextOf(keys=tuple(keys), items=tuple(items))

    def _key(self) -> str:
        """A key of a context: a text, or everything up to the colon."""
        if self._cursor.token.kind == "string":
            return self._cursor.next().text
        texts: list[str] = []
        while not self._cursor.at(":"):
            if self._cursor.token.kind in ("string", "end"):
                self._cursor.refuse_next("a key is expected here")
            texts.append(self._cursor.next().text)
        if not texts:
            self._cursor.refuse_next("a key is expected here")
        is_name = all(text[0].isalnum() or text[0] == "_" for text in texts)
        name = (" " if is_name else "").join(texts)
        if unusual((name,)):
            self._names.add(name)
        return name

    def _call(self, name: str, token: Token) -> Tree:
        """A call, behind its opening bracket."""
        keys: list[str] = []
        arguments: list[Tree] = []
        while not self._cursor.at(")"):
            if (key := self._argument_name()) is not None:
                keys.append(key)
            arguments.append(self.expression())
            if not self._cursor.take(","):
                break
        self._cursor.demand(")")
        if name == "not" and len(arguments) == 1 and keys in ([], ["negand"]):
            return Not(of=arguments[0])
        if name == "range" and len(arguments) == 1 and keys in ([], ["from"]):
            return self._range_text(arguments[0], token)
        return self._checked(name, token, arguments, keys)

    def _argument_name(self) -> str | None:
        """The name before a colon, if the argument has one."""
        count = 0
        while self._cursor.ahead(count).kind == "word":
            count += 1
        colon = self._cursor.ahead(count)
        if not count or colon.kind != "symbol" or colon.text != ":":
            return None
        words = [self._cursor.next().text for _ in range(count)]
        self._cursor.demand(":")
        return " ".join(words)

    def _range_text(self, tree: Tree, token: Token) -> Tree:
        """``range("[1..3]")``: the range that the text writes, with ends that need no names."""
        if isinstance(tree, Constant) and isinstance(tree.value, str):
            found = self.of_text(tree.value)
            if isinstance(found, Range) and _is_fixed(found.start) and _is_fixed(found.end):
                return found
        message = "range(…) of what is no range between two values"
        return self._cursor.refuse(message, token=token)

    def _checked(self, name: str, token: Token, arguments: list[Tree], keys: list[str]) -> Tree:
        if name in REFUSED_FUNCTIONS:
            message = f"the function '{name}' is not judged: {REFUSED_FUNCTIONS[name]}"
            self._cursor.refuse(message, token=token)
        found = FUNCTIONS.get(name)
        if found is None:
            message = f"there is no function '{shortened(name)}'"
            self._cursor.refuse(message, suggestion(name, FUNCTIONS, "Functions"), token=token)
        if not keys:
            if not found.accepts(len(arguments)):
                self._cursor.refuse(f"'{name}' does not take so many values", token=token)
            return Call(function=name, arguments=tuple(arguments))
        order = found.ordered(keys) if len(keys) == len(arguments) else None
        if order is None:
            self._cursor.refuse(f"'{name}' has no values of these names", token=token)
        ordered = (constant(None) if index is None else arguments[index] for index in order)
        return Call(function=name, arguments=tuple(ordered))


def _is_fixed(tree: Tree) -> bool:
    """Whether it is a value as ``range(…)`` takes it: a literal, or a date of a text."""
    if isinstance(tree, Call):
        return all(isinstance(each, Constant) for each in tree.arguments)
    if isinstance(tree, Negative):
        return isinstance(tree.of, Constant)
    return isinstance(tree, Constant) and tree.value is not None
