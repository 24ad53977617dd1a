"""Where a condition of a way turns: the values on its side that are next to the other side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from pytest_orchestra.data.making.shapes import kind_of
from pytest_orchestra.data.making.values import plain_number, step_of
from pytest_orchestra.data.making.variants import Place, changed
from pytest_orchestra.expressions.conditions.tree import (
    Between,
    Bound,
    Comparison,
    Constant,
    In,
    Loop,
    Member,
    Name,
    Negative,
    Range,
    Tree,
    children,
    constant,
)
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.renaming import replace_names
from pytest_orchestra.suite.demands import Demand
from pytest_orchestra.suite.making.made import Values
from pytest_orchestra.suite.making.ways import WayData


class Edge(NamedTuple):
    """A value at which a condition turns.

    Attributes:
        place: in the data.
        value: on the way's side.
        label: ``min`` or ``max`` of the values around it, ``only`` if it is both.
        demand: whose edge it is.
    """

    place: Place
    value: object
    label: str
    demand: Demand


def edges(way: WayData, values: Values) -> Iterator[Edge]:
    """The edges of what a way demands, and wishes, seen from values that take it."""
    for demand in (*way.demands, *way.wishes):
        if isinstance(demand, Demand):
            for name, limit in dict.fromkeys(_limits(demand.condition.tree)):
                place = way.asked.place_in(demand, name)
                if place[0] in way.asked.names - demand.free:
                    yield from _around(way, values, demand, place, limit)


def hidden_edges(way: WayData) -> Iterator[tuple[Edge, Decimal, Constraint]]:
    """Edges that may only be seen where other values are others, as ``b > 5`` in ``a and b > 5``.

    Yields:
        An edge, the number on the other side, and that the condition turns between them.
    """
    demands = [each for each in way.demands if isinstance(each, Demand) and not each.items]
    for question in way.asked.questions:
        told = question.constraint(holds=not question.asked.holds)
        same = [each for each in demands if each.condition is question.condition]
        demand = next((each for each in same if each.holds == question.asked.holds), None)
        if told is None or demand is None:
            continue
        for place, limit in dict.fromkeys(_limits(question.condition.tree)):
            if len(place) > 1 or place[0] not in way.asked.names - demand.free:
                continue
            for value, other, label in _sides(limit, _step(way, place, limit)):
                tree = replace_names(told.tree, {str(place[0]): constant(other)})
                edge = Edge(place, plain_number(value), label, demand)
                yield edge, other, replace(told, tree=tree)


def _sides(limit: Decimal, step: Decimal) -> Iterator[tuple[Decimal, Decimal, str]]:
    """Two neighbours, from the one to the other: at the limit, below and above."""
    for low in (limit - step, limit):
        yield low, low + step, "max"
        yield low + step, low, "min"


def _around(
    way: WayData, values: Values, demand: Demand, place: Place, limit: Decimal
) -> Iterator[Edge]:
    step = _step(way, place, limit)

    def is_met(number: Decimal) -> bool:
        changed_values = changed(values, place, plain_number(number))
        return isinstance(changed_values, dict) and demand.misfit(changed_values) is None

    for number in (limit - step, limit, limit + step):
        if is_met(number):
            below, above = is_met(number - step), is_met(number + step)
            label = {(False, True): "min", (True, False): "max", (False, False): "only"}
            if (below, above) in label:
                yield Edge(place, plain_number(number), label[below, above], demand)


def _step(way: WayData, place: Place, limit: Decimal) -> Decimal:
    keywords = way.keywords(place)
    if keywords:
        return step_of(keywords, kind_of(keywords))
    exponent = limit.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)


def _limits(tree: Tree) -> Iterator[tuple[Place, Decimal]]:
    """The numbers that values of data are compared with."""
    waiting: list[Tree | Loop] = [tree]
    while waiting:
        part = waiting.pop()
        waiting.extend(children(part))
        match part:
            case Comparison():
                yield from _pairs(part.left, (part.right,))
                yield from _pairs(part.right, (part.left,))
            case Between():
                yield from _pairs(part.of, (part.low, part.high))
            case In():
                yield from _pairs(part.of, part.tests)


def _pairs(of: Tree, others: tuple[Tree, ...]) -> Iterator[tuple[Place, Decimal]]:
    if (place := _place(of)) is None:
        return
    for other in others:
        match other:
            case Constant(value=Decimal() as number):
                yield place, number
            case Negative(of=Constant(value=Decimal() as number)):
                yield place, -number
            case Range():
                yield from _pairs(of, (other.start, other.end))
            case Bound():
                yield from _pairs(of, (other.limit,))


def _place(tree: Tree) -> Place | None:
    keys: list[str] = []
    while isinstance(tree, Member):
        keys.append(tree.key)
        tree = tree.of
    return (tree.name, *reversed(keys)) if isinstance(tree, Name) else None
