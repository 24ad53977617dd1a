"""What a way asks of data, as a solver takes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from pytest_orchestra.data.making.shapes import Keywords, kind_of
from pytest_orchestra.data.making.values import number_limits
from pytest_orchestra.data.making.variants import Place
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.expressions.conditions.conditions import Condition
from pytest_orchestra.expressions.conditions.partial import all_names
from pytest_orchestra.expressions.conditions.tree import (
    Comparison,
    Constant,
    Filter,
    Loop,
    Member,
    Name,
    Or,
    Tree,
    children,
    constant,
)
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.renaming import replace_names
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.suite.demands import VISIT, Demand
from pytest_orchestra.suite.each import NO_EACH, Each
from pytest_orchestra.suite.ways import Way

_MAX_LISTED = 50
"""Values of an ``enum`` that are told to the solver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataNames:
    """The names of data.

    Attributes:
        plain: what sets hold, steps read, and the suite's conditions ask for.
        each: which elements take items of which lists.
        keys: by list, what its items hold.
    """

    plain: frozenset[str]
    each: Each = NO_EACH
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[str]:
        """Those of items too: conditions look into them first."""
        return self.plain.union(*self.keys.values())

    def places_at(self, way: Way, moment: int) -> Mapping[str, Place]:
        """Where the names of items stand at a moment of a way."""
        numbers = self.each.numbers_at(way, moment) if self.keys else {}
        return {
            key: (name, number - 1, key)
            for name, number in numbers.items()
            for key in sorted(self.keys.get(name, ()))
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A condition of a way that reads data.

    Attributes:
        asked: as the way has it.
        condition: the same, parsed.
        inner: where names stand that are keys of items.
    """

    asked: WayCondition
    condition: Condition
    inner: Mapping[str, Place] = field(default_factory=dict)

    def constraint(self, *, holds: bool) -> Constraint | None:
        """What the solver is told: ``visit`` is a number, names that are free are others.

        None: such a name stands where it may be a key of what is filtered, ``cards[visit]``.
        """
        by: Mapping[str, Tree] = {
            VISIT: constant(Decimal(self.asked.visit)),
            **{name: Name(name=_item_name(place)) for name, place in self.inner.items()},
            **{name: Name(name=f"{name} at {self.asked.moment}") for name in self.asked.free},
        }
        tree = replace_names(self.condition.tree, by)
        if not by.keys().isdisjoint(all_names(tree)):
            return None
        return Constraint(tree=tree, language=self.condition.language, holds=holds)

    @property
    def places(self) -> Iterator[Place]:
        """The places of data that it reads, and those of the system."""
        items = tuple(_items_read(self.condition.tree, self.asked.visit))
        lists = {tuple(takewhile(lambda key: isinstance(key, str), place)) for place in items}
        for path in (*self.condition.names, *items):
            if path not in lists:
                yield (*self.inner[str(path[0])], *path[1:]) if path[0] in self.inner else path

    def __str__(self) -> str:
        text = shortened(self.asked.text.strip().removeprefix("=").strip(), 80)
        return f"`{text}`" if self.asked.holds else f"`not ({text})`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one way asks.

    Attributes:
        questions: conditions that read data, in the order of the way.
        unread: those that cannot be read, so that nobody knows what they ask.
        names: of data.
    """

    questions: tuple[Question, ...]
    unread: tuple[WayCondition, ...]
    names: frozenset[str]

    @property
    def constraints(self) -> Mapping[Constraint, Question]:
        """What the solver is told, with the question that it is of."""
        found = ((each.constraint(holds=each.asked.holds), each) for each in self.questions)
        return {constraint: each for constraint, each in found if constraint is not None}

    def before(self, moment: int) -> tuple[Question, ...]:
        """The questions that are decided before a moment of the way."""
        return tuple(each for each in self.questions if each.asked.moment < moment)

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of data that are asked for."""
        places = (place for each in self.questions for place in each.places)
        return tuple(place for place in dict.fromkeys(places) if place[0] in self.names)

    def place_in(self, demand: Demand, path: Place) -> Place:
        """The place of data that a path in a condition means."""
        for each in self.questions:
            is_same = each.condition is demand.condition and each.asked.holds == demand.holds
            numbers = {place[0]: place[1] for place in each.inner.values()}
            if is_same and path[0] in each.inner and set(numbers.items()) <= set(_turns(demand)):
                return (*each.inner[str(path[0])], *path[1:])
        return path

    def place_of(self, path: tuple[str, ...]) -> Place | None:
        """The place of data that an unknown of the constraints stands for; None: the system's."""
        inner = {
            _item_name(place): place for each in self.questions for place in each.inner.values()
        }
        if path[0] in inner:
            return (*inner[path[0]], *path[1:])
        return path if path[0] in self.names else None


def asked_of(way: Way, names: DataNames) -> Asked:
    """What a way asks of data.

    Args:
        way: of a scenario with its conditions.
        names: of data; others are the system's.
    """
    unread = tuple(each for each in way.scenario.conditions if each.condition is None)
    questions = tuple(_questions(way, way.scenario.conditions, names))
    return Asked(questions=questions, unread=unread, names=names.plain)


def aside_of(way: Way, names: DataNames) -> tuple[Constraint, ...]:
    """That the conditions of flows which the way leaves aside do not hold.

    Data that meets them takes one way only, whatever order the system asks in.
    """
    questions = _questions(way, way.scenario.aside, names)
    wishes = dict.fromkeys(each.constraint(holds=False) for each in questions)
    return tuple(each for each in wishes if each is not None)


def schema_wishes(place: Place, keywords: Keywords) -> Iterator[Constraint]:
    """What a schema says of a value, where a solver understands it.

    Args:
        place: of the value in the data; within lists nothing is said.
        keywords: of its schema.
    """
    if not all(isinstance(key, str) for key in place):
        return
    name = _name(place)
    allowed = [keywords["const"]] if "const" in keywords else keywords.get("enum", ())
    listed = [each for each in allowed if isinstance(each, str | int | Decimal | bool)]
    if listed and len(listed) <= _MAX_LISTED:
        same = [
            Comparison(operator="=", left=name, right=constant(_exact(each))) for each in listed
        ]
        yield Constraint(tree=same[0] if len(same) == 1 else Or(operands=tuple(same)))
    kind = kind_of(keywords)
    if kind in {"integer", "number"}:
        low, high = number_limits(keywords, kind)
        if low is not None:
            yield Constraint(tree=Comparison(operator=">=", left=name, right=constant(low)))
        if high is not None:
            yield Constraint(tree=Comparison(operator="<=", left=name, right=constant(high)))


def equal_to(place: Place, value: object) -> Constraint | None:
    """That data has this value there; None where that cannot be said."""
    is_plain = isinstance(value, str | int | Decimal | bool)
    if not is_plain or not all(isinstance(key, str) for key in place):
        return None
    right = constant(_exact(value))
    return Constraint(tree=Comparison(operator="=", left=_name(place), right=right))


def _questions(
    way: Way, conditions: Iterable[WayCondition], names: DataNames
) -> Iterator[Question]:
    known = names.all
    for asked in conditions:
        parsed = asked.condition
        if parsed is not None and (parsed.all_names - asked.free) & known:
            inner = names.places_at(way, asked.moment)
            read = {name: place for name, place in inner.items() if name in parsed.all_names}
            yield Question(asked=asked, condition=parsed, inner=read)


def _items_read(tree: Tree, visit: int) -> Iterator[Place]:
    """The places of items that a condition reads by their number, ``cards[visit].kind``."""
    waiting: list[Tree | Loop] = [tree]
    while waiting:
        part = waiting.pop()
        place = _numbered(part, visit)
        if place and not all(isinstance(key, str) for key in place):
            yield place
        else:
            waiting.extend(children(part))


def _numbered(tree: Tree | Loop, visit: int) -> Place:
    """The place that a path with numbers in it means; empty where it is none."""
    match tree:
        case Name(name=name):
            return (name,)
        case Member(of=of, key=key):
            return (*place, key) if (place := _numbered(of, visit)) else ()
        case Filter(of=of, test=Name(name="visit")):
            return (*place, visit - 1) if (place := _numbered(of, visit)) else ()
        case Filter(of=of, test=Constant(value=Decimal() as number)):
            is_item = number == int(number) and 1 <= number <= _MAX_LISTED
            return (*place, int(number) - 1) if is_item and (place := _numbered(of, visit)) else ()
    return ()


def _turns(demand: Demand) -> Collection[tuple[str | int, str | int]]:
    return {(name, number - 1) for name, number in demand.items}


def _item_name(place: Place) -> str:
    """An unknown of the solver for a value of an item."""
    return "/".join(map(str, place))


def _name(place: Place) -> Tree:

    tree: Tree = Name(name=str(place[0]))
    for key in place[1:]:
        tree = Member(of=tree, key=str(key))
    return tree


def _exact(value: object) -> str | Decimal | bool:
    return value if isinstance(value, str | bool) else Decimal(str(value))
