"""``data.each``: visit n of an element has item n of a list of the data set.

A moment has the item of the latest visit that surely came before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.data.data_sets import DataSets
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.problems import described, mistake, suggestion
from pytest_orchestra.model import ElementId, Problem, SourceLocation
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.ways import Way

EACH = "each"
"""The root of items in templates and rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """Which elements take the items of which lists.

    Attributes:
        elements: by the list's name in the data, in the suite file's order.
    """

    elements: Mapping[str, tuple[ElementId, ...]] = field(default_factory=dict)

    def visits(self, way: Way) -> Mapping[str, int]:
        """How many items of each list a way takes: a set whose lists are as long fits.

        Of several elements with one list the one that is visited most often counts.
        """
        return {
            name: max(len(way.passed.get(element, ())) for element in elements)
            for name, elements in self.elements.items()
        }

    def numbers_at(self, way: Way, moment: int) -> Mapping[str, int]:
        """Which item of each list a moment has, from 1; lists of which none is sure are left out.

        Args:
            way: that the moment is on.
            moment: index in its moments; -1 before the first, ``len`` after the last.
        """
        found = {name: self._number(way, name, moment) for name in self.elements}
        return {name: number for name, number in found.items() if number}

    def _number(self, way: Way, name: str, moment: int) -> int:
        """The latest visit that surely came before; 0 where there is none, or one of several."""
        elements = self.elements[name]
        if 0 <= moment < len(way.moments) and way.moments[moment].element in elements:
            return way.moments[moment].visit
        before = [
            position
            for element in elements
            for position in way.passed.get(element, ())
            if way.surely_before(position, moment)
        ]
        latest = max(before, default=None)
        if latest is None or not all(
            position == latest or way.surely_before(position, latest) for position in before
        ):
            return 0
        return way.moments[latest].visit


NO_EACH = Each()
"""Where the suite says nothing of it."""


def items_of(values: Mapping[str, object], numbers: Mapping[str, int]) -> Mapping[str, object]:
    """The item of each list; lists that are none, or too short, are left out.

    Args:
        values: of a data set.
        numbers: of items, from 1.
    """
    items: dict[str, object] = {}
    for name, number in numbers.items():
        value = values.get(name)
        if isinstance(value, list) and number <= len(value):
            items[name] = value[number - 1]
    return items


def names_of_items(items: Mapping[str, object]) -> Mapping[str, object]:
    """What a condition finds before the data set's own names: the keys of items, and ``each``."""
    names: dict[str, object] = {}
    for item in items.values():
        if isinstance(item, Mapping):
            names.update(item)
    return {**names, EACH: dict(items)}


def item_keys(each: Each, sets: DataSets) -> frozenset[str]:
    """The names that stand for another value at each visit, in some set."""
    return frozenset(
        key
        for data in sets.by_name.values()
        for name in each.elements
        for item in _list(data.values.get(name))
        if isinstance(item, Mapping)
        for key in item
    )


def read_each(
    written: Mapping[str, str],
    document: Document,
    find: Callable[[str, SourceLocation | None], Element],
    sets: DataSets | None,
    problems: list[Problem],
) -> Each:
    """Find the elements and lists that ``data.each`` names.

    Args:
        written: by place.
        document: where it is written.
        find: gives the element that a text calls.
        sets: that the suite may use; None: they are not all known.
        problems: gets what is wrong: unknown elements and lists, lists that are none.
    """
    elements: dict[str, tuple[ElementId, ...]] = {}
    for place, name in written.items():
        path = ("data", EACH, place)
        with collecting(problems):
            at = document.key_location(path)
            element = find(place, at)
            elements[name] = (*elements.get(name, ()), element.id)
            if element.node is None:
                message = f"'{element.name}' is a {element.kind}: its visits take no items"
                hint = "Name an activity, a gateway or an event."
                problems.append(mistake("each-place", message, at=at, hint=hint))
        if sets is not None:
            problems.extend(_wrong_with(name, sets, document.location(path)))
    return Each(elements=elements)


def _wrong_with(name: str, sets: DataSets, at: SourceLocation) -> Iterator[Problem]:
    holding = [data for data in sets.by_name.values() if name in data.values]
    if not holding:
        known = {
            key
            for data in sets.by_name.values()
            for key, value in data.values.items()
            if isinstance(value, list)
        }
        hint = suggestion(name, known, "Their lists") or "Add the list to the data sets."
        yield mistake("unknown-name", f"no data set has a list '{name}'", at=at, hint=hint)
    for data in holding:
        value = data.values[name]
        if data.refused is None and not isinstance(value, list):
            yield mistake(
                "not-a-list",
                f"'{name}' of data set '{data.name}' is {described(value)}",
                at=data.location,
                hint="Give a list: one item for each visit.",
            )


def _list(value: object) -> Collection[object]:
    return value if isinstance(value, list) else ()
