"""Tries values that the constants of constraints suggest, where the way to them is not understood.

Texts with functions, lists with conditions on their items, parts of dates; each try is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product

from pytest_orchestra.expressions.conditions.tree import (
    Constant,
    Filter,
    Loop,
    Member,
    Name,
    NamePath,
    Tree,
    children,
)
from pytest_orchestra.expressions.conditions.values import Value
from pytest_orchestra.expressions.solving.checking import is_met, nested
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.picking import DEFAULT_DATE, default
from pytest_orchestra.expressions.solving.plainsorts import folded
from pytest_orchestra.expressions.solving.scales import Sort, place, sort_of, value_at
from pytest_orchestra.expressions.solving.uses import uses_of

MAX_CHECKS = 1_000
"""Constraints that are judged with guessed values."""
MAX_CANDIDATES = 120
"""Values that are tried for one name."""
MAX_LENGTH = 60
"""Characters of a text, and items of a list, that are made up."""

_ONE = Decimal(1)


def guessed(
    constraints: Sequence[Constraint],
    sorts: Mapping[NamePath, Sort],
    base: Mapping[NamePath, Value],
) -> Mapping[NamePath, Value] | None:
    """Values that meet all constraints; None if none were found.

    Args:
        constraints: as asked.
        sorts: of the names.
        base: values that meet what is understood of the constraints.
    """
    start = {path: base.get(path, default(sort)) for path, sort in sorts.items()}
    names = {each: _known_names(each, sorts) for each in constraints}
    given = nested(start)
    if given is None:
        return None
    doubtful = dict.fromkeys(
        path for each in constraints if not is_met(each, given) for path in names[each]
    )
    hints = _Hints(constraints)
    search = _Search(constraints, names, start)
    choices = {path: (start[path], *hints.of(sorts[path])) for path in doubtful}
    return search.found(choices)


def _known_names(constraint: Constraint, sorts: Mapping[NamePath, Sort]) -> tuple[NamePath, ...]:
    """The names that a constraint reads, or of whose properties it reads one."""
    names = uses_of(constraint).names
    paths = (path[:size] for path in names for size in range(1, len(path) + 1))
    return tuple(dict.fromkeys(path for path in paths if path in sorts))


class _Search:
    """Sets one name after the other, and judges what can be judged by then."""

    def __init__(
        self,
        constraints: Sequence[Constraint],
        names: Mapping[Constraint, tuple[NamePath, ...]],
        start: Mapping[NamePath, Value],
    ) -> None:
        self._constraints = constraints
        self._names = names
        self._values = dict(start)
        self._left = MAX_CHECKS

    def found(self, choices: Mapping[NamePath, Sequence[Value]]) -> Mapping[NamePath, Value] | None:
        """The first values with which all constraints are met: one name's changed, or several."""
        for path, values in choices.items():
            before = self._values[path]
            for value in values:
                self._values[path] = value
                if self._are_met(self._constraints):
                    return dict(self._values)
            self._values[path] = before
        self._left = MAX_CHECKS
        order = list(choices)
        last = {path: index for index, path in enumerate(order)}
        due: list[list[Constraint]] = [[] for _ in order]
        for each in self._constraints:
            changed = [last[path] for path in self._names[each] if path in last]
            if changed:
                due[max(changed)].append(each)
        return dict(self._values) if order and self._set(order, choices, due, 0) else None

    def _set(
        self,
        order: Sequence[NamePath],
        choices: Mapping[NamePath, Sequence[Value]],
        due: Sequence[Sequence[Constraint]],
        index: int,
    ) -> bool:
        if index == len(order):
            return True
        for value in choices[order[index]]:
            self._values[order[index]] = value
            if self._are_met(due[index]) and self._set(order, choices, due, index + 1):
                return True
            if self._left <= 0:
                break
        return False

    def _are_met(self, constraints: Sequence[Constraint]) -> bool:
        given = nested(self._values)
        for each in constraints:
            self._left -= 1
            if given is None or self._left < 0 or not is_met(each, given):
                return False
        return True


class _Hints:
    """Values that the constants in constraints suggest."""

    def __init__(self, constraints: Iterable[Constraint]) -> None:
        found: dict[tuple[Sort, Value], None] = {}
        keys: dict[str, None] = {}
        for constraint in constraints:
            for part in _parts(constraint.tree):
                if isinstance(part, Member):
                    keys[part.key] = None
                if isinstance(part, Filter):
                    names = (each for each in _parts(part.test) if isinstance(each, Name))
                    keys.update((each.name, None) for each in names if each.name != "item")
                literal = None if isinstance(part, Loop) else folded(part, constraint.language)
                if literal is not None and literal.value is not None:
                    found[sort_of(literal.value), literal.value] = None
        self._constants = list(found)
        self._keys = tuple(keys)

    def of(self, sort: Sort) -> tuple[Value, ...]:
        """Candidates for a name of a sort, the likeliest first."""
        match sort:
            case "number":
                found = self._numbers()
            case "string":
                found = self._texts()
            case "boolean":
                found = iter((True, False))
            case "list":
                found = self._lists()
            case _ if sort.startswith("date"):
                found = self._moments(sort)
            case _:
                found = self._near(sort)
        return tuple(islice(found, MAX_CANDIDATES))

    def _all(self, sort: Sort) -> list[Value]:
        return [value for each, value in self._constants if each == sort]

    def _counts(self) -> list[int]:
        """Small whole numbers around those that stand there."""
        numbers = [int(each) for each in self._all("number") if isinstance(each, Decimal)]
        near = (number + step for number in numbers for step in (0, 1, -1))
        return sorted({0, 1, 2, *(each for each in near if 0 <= each <= MAX_LENGTH)})

    def _near(self, sort: Sort) -> Iterator[Value]:
        """Constants of a sort and what is one step beside them."""
        for value in self._all(sort):
            for step in (0, 1, -1):
                try:
                    yield value_at(place(value) + step, sort)  # type: ignore[operator, arg-type]  # no text
                except ValueError:
                    continue

    def _numbers(self) -> Iterator[Value]:
        yield from self._near("number")
        numbers = [each for each in self._all("number") if isinstance(each, Decimal)]
        for number in (*numbers, *map(Decimal, range(4))):
            yield from (-number, -number - _ONE, number * 2, number / 2)
            yield from (each for other in numbers for each in _combined(number, other))

    def _texts(self) -> Iterator[Value]:
        texts = [str(each) for each in self._all("string")]
        yield from texts
        yield from (form for text in texts for form in (text.lower(), text.upper()))
        yield from (one + other for one, other in product(texts, repeat=2) if one != other)
        yield from ("a" * count for count in self._counts())
        yield from (str(number) for number in self._near("number"))
        yield from (form for text in texts for form in (f"{text}a", f"a{text}", f"a{text}a"))
        yield from (text.ljust(count, "a") for text in texts for count in self._counts() if count)

    def _moments(self, sort: Sort) -> Iterator[Value]:
        """Moments by their parts: years, months and days as numbers, a week."""
        yield from self._near(sort)
        numbers = [int(each) for each in self._all("number") if isinstance(each, Decimal)]
        starts = [DEFAULT_DATE, *(dt.date(year, 1, 1) for year in numbers if 1 < year < dt.MAXYEAR)]
        days = [start + dt.timedelta(days=step) for start in starts for step in range(7)]
        days += [start.replace(month=number) for start in starts for number in range(1, 13)]
        days += [start.replace(day=number) for start in starts for number in range(1, 29)]
        if sort == "date":
            yield from days
            return
        zone = None if sort == "date and time" else dt.UTC
        yield from (dt.datetime.combine(day, dt.time(12), tzinfo=zone) for day in days)

    def _lists(self) -> Iterator[Value]:
        items = self._items()
        yield from ((), *((item,) for item in items))
        yield tuple(items[: len(self._constants)])
        yield from ((item,) * count for count in self._counts() for item in items[:3])
        yield from product(items[:8], repeat=2)

    def _items(self) -> list[Value]:
        sorts = dict.fromkeys(sort for sort, _ in self._constants) or {"number": None}
        near = [value for sort in sorts if sort != "string" for value in self._near(sort)]
        found: list[Value] = [*self._all("string"), *near] or [_ONE]
        if not self._keys:
            return [*found, True, False]
        return [{key: value for key in self._keys} for value in found]  # noqa: C420 - not shared


def _combined(one: Decimal, other: Decimal) -> tuple[Decimal, ...]:
    return one + other, one * other, one * other + _ONE


def _parts(tree: Tree | Loop) -> Iterator[Tree | Loop]:
    level: list[Tree | Loop] = [tree]
    while level:
        yield from level
        level = [
            part for each in level if not isinstance(each, Constant) for part in children(each)
        ]
