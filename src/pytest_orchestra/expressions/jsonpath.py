"""JSONPath (RFC 9535) but for its functions: what a path finds in a value.

Filters compare as rules do: numbers as decimals, instants also with their text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pytest_orchestra.expressions.comparison import equal, ordering
from pytest_orchestra.expressions.filters import demanded_text
from pytest_orchestra.expressions.values import demand, is_list, is_number
from pytest_orchestra.expressions.work import charge

MAX_PATH = 1_000
"""Characters of a path."""
MAX_BRACKETS = 20
"""Filters and brackets in each other."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>\.\.|&&|\|\||[=!<>]=|[][$@.*?:,()!<>])
    )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "/": "/"}
_LITERALS = {"true": True, "false": False, "null": None}
_NOTHING = object()

Test = Callable[[object, object], bool]
"""Whether a filter lets an item (its second argument) through; the first is the whole value."""
Selector = Callable[[object, object], Iterator[object]]
"""The parts of a value (the second) that are selected; the first is the whole value."""


@dataclass(frozen=True, slots=True)
class _Segment:
    selectors: tuple[Selector, ...]
    is_deep: bool
    is_single: bool

    def of(self, root: object, value: object) -> Iterator[object]:
        for each in _all_in(value) if self.is_deep else (value,):
            for select in self.selectors:
                yield from select(root, each)


def jsonpath(value: object, path: object) -> list[object]:
    """What a path finds, in order; empty where it finds nothing.

    Raises:
        ValueError: the path is none.
    """
    demand(value)
    segments = compile_path(demanded_text(path))
    return [*_found(segments, value, value)]


@lru_cache(maxsize=256)
def compile_path(path: str) -> tuple[_Segment, ...]:
    """Read a path.

    Raises:
        ValueError: it is none.
    """
    if len(path) > MAX_PATH:
        raise ValueError(f"the path has more than {MAX_PATH} characters")
    reader = _Reader(path)
    reader.expect("$")
    segments = reader.segments()
    reader.expect("")
    return segments


def _found(segments: tuple[_Segment, ...], root: object, value: object) -> Iterator[object]:
    if not segments:
        yield value
        return
    for each in segments[0].of(root, value):
        charge(1)
        yield from _found(segments[1:], root, each)


def _all_in(value: object) -> Iterator[object]:
    """A value and all that lies in it, outer parts first."""
    charge(1)
    yield value
    for each in _children(value):
        yield from _all_in(each)


def _children(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif is_list(value):
        yield from value


class _Reader:
    """Reads a path token by token."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._end = self._before = 0
        self._depth = 0
        self.kind = self.token = ""
        self._advance()

    def _advance(self) -> None:
        begin = self._before = self._end
        if not self._path[begin:].strip():
            self.kind = self.token = ""
        elif (found := _TOKEN.match(self._path, begin)) is None:
            self.token = self._path[begin:].lstrip()[0]
            raise self._wrong()
        else:
            self.kind, self._end = found.lastgroup or "", found.end()
            self.token = found[self.kind]

    def _wrong(self) -> ValueError:
        seen = f"'{self.token}' does not belong there" if self.token else "it ends too early"
        return ValueError(f"the JSONPath goes wrong after {self._path[: self._before]!r}: {seen}")

    def accept(self, *signs: str) -> str:
        """Take one of these signs, if it is next."""
        found = self.token if self.kind == "sign" and self.token in signs else ""
        if found:
            self._advance()
        return found

    def expect(self, sign: str) -> None:
        """Take this sign; empty: the end."""
        if (self.kind or sign) and not self.accept(sign):
            raise self._wrong()

    def segments(self) -> tuple[_Segment, ...]:
        """``.name``, ``..name``, ``[…]``, as many as there are."""
        segments: list[_Segment] = []
        while sign := self.accept(".", "..", "["):
            is_deep = sign == ".."
            if sign == "[" or (is_deep and self.accept("[")):
                selectors, is_single = self._brackets()
            else:
                selectors, is_single = self._short()
            segments.append(_Segment(selectors, is_deep, is_single and not is_deep))
        return tuple(segments)

    def _short(self) -> tuple[tuple[Selector, ...], bool]:
        if self.accept("*"):
            return (_every,), False
        if self.kind != "name":
            raise self._wrong()
        name = self.token
        self._advance()
        return (_key(name),), True

    def _brackets(self) -> tuple[tuple[Selector, ...], bool]:
        self._deeper()
        found = [self._selector()]
        while self.accept(","):
            found.append(self._selector())
        self.expect("]")
        self._depth -= 1
        return tuple(each for each, _ in found), len(found) == 1 and found[0][1]

    def _selector(self) -> tuple[Selector, bool]:
        if self.accept("*"):
            return _every, False
        if self.accept("?"):
            return _filter(self._either()), False
        if self.kind == "text":
            return _key(self._literal_text()), True
        start = self._index()
        if start is not None and (self.kind, self.token) != ("sign", ":"):
            return _index(start), True
        self.expect(":")
        stop, step = self._index(), None
        if self.accept(":"):
            step = self._index()
        return _slice(start, stop, step), False

    def _index(self) -> int | None:
        if self.kind != "number":
            return None
        if not self.token.lstrip("-").isdigit():
            raise self._wrong()
        index = int(self.token)
        self._advance()
        return index

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_BRACKETS:
            raise ValueError(f"the JSONPath has more than {MAX_BRACKETS} brackets in each other")

    def _either(self) -> Test:
        tests = [self._both()]
        while self.accept("||"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda root, item: any(t(root, item) for t in tests)

    def _both(self) -> Test:
        tests = [self._test()]
        while self.accept("&&"):
            tests.append(self._test())
        return tests[0] if len(tests) == 1 else lambda root, item: all(t(root, item) for t in tests)

    def _test(self) -> Test:
        if self.accept("!"):
            self._deeper()
            inner = self._test()
            self._depth -= 1
            return lambda root, item: not inner(root, item)
        if self.accept("("):
            self._deeper()
            inner = self._either()
            self.expect(")")
            self._depth -= 1
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        begin = self._before
        left, is_single, is_query = self._side()
        sign = self.accept("==", "!=", "<=", ">=", "<", ">")
        if not sign:
            if not is_query:
                raise self._wrong()
            return lambda root, item: next(left(root, item), _NOTHING) is not _NOTHING
        right, is_other_single, _ = self._side()
        if not (is_single and is_other_single):
            text = self._path[begin : self._before].strip()
            raise ValueError(f"the JSONPath compares what may be several values: {text}")
        return _comparing(sign, left, right)

    def _side(self) -> tuple[Selector, bool, bool]:
        """A literal or a path: what it gives, whether that is at most one, whether it is a path."""
        if sign := self.accept("@", "$"):
            segments = self.segments()
            single = all(each.is_single for each in segments)
            if sign == "@":
                return (lambda root, item: _found(segments, root, item)), single, True
            return (lambda root, _: _found(segments, root, root)), single, True
        value = self._literal()
        return (lambda _root, _item: iter((value,))), True, False

    def _literal(self) -> object:
        if self.kind == "text":
            return self._literal_text()
        value: object = _LITERALS.get(self.token, _NOTHING)
        if self.kind == "number":
            value = Decimal(self.token)
        if value is _NOTHING:
            raise self._wrong()
        self._advance()
        return value

    def _literal_text(self) -> str:
        text = self.token[1:-1]
        self._advance()
        return _ESCAPE.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def _every(_root: object, value: object) -> Iterator[object]:
    return _children(value)


def _key(name: str) -> Selector:
    def select(_root: object, value: object) -> Iterator[object]:
        if isinstance(value, Mapping) and name in value:
            yield value[name]

    return select


def _index(index: int) -> Selector:
    def select(_root: object, value: object) -> Iterator[object]:
        if is_list(value) and -len(value) <= index < len(value):
            yield value[index]

    return select


def _slice(start: int | None, stop: int | None, step: int | None) -> Selector:
    def select(_root: object, value: object) -> Iterator[object]:
        if is_list(value) and step != 0:
            yield from value[slice(start, stop, step)]

    return select


def _filter(test: Test) -> Selector:
    def select(root: object, value: object) -> Iterator[object]:
        return (each for each in _children(value) if test(root, each))

    return select


def _comparing(sign: str, left: Selector, right: Selector) -> Test:
    """RFC 9535, 2.3.5.2.2: nothing is equal to nothing; what has no order is not less."""

    def holds(root: object, item: object) -> bool:
        charge(1)
        sides = next(left(root, item), _NOTHING), next(right(root, item), _NOTHING)
        is_same = _same(*sides)
        if sign in {"==", "!="}:
            return is_same is (sign == "==")
        return (is_same and len(sign) > 1) or _less(*(sides if sign[0] == "<" else sides[::-1]))

    return holds


def _same(left: object, right: object) -> bool:
    if left is _NOTHING or right is _NOTHING:
        return left is right
    return equal(left, right)


def _less(left: object, right: object) -> bool:
    if not (
        (isinstance(left, str) and isinstance(right, str)) or (is_number(left) and is_number(right))
    ):
        return False
    return ordering("lt")(left, right)
