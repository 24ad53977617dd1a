"""Data sets for all scenarios of a suite; each is checked before it is given.

Equal suites and seeds make equal sets: what is made for one scenario does not depend on others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from pytest_orchestra.data.making.breaking import breaches
from pytest_orchestra.data.making.limits import boundaries
from pytest_orchestra.data.making.shapes import UnmakeableError
from pytest_orchestra.data.making.values import plain_number
from pytest_orchestra.data.making.variants import Place, Variant, changed, part_of
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.documents.schemas.breaches import path_of
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.demands import Demand
from pytest_orchestra.suite.making.edges import Edge, edges, hidden_edges
from pytest_orchestra.suite.making.made import DataKind, MadeSet, NotMade, Values
from pytest_orchestra.suite.making.requests import Request
from pytest_orchestra.suite.making.slots import Slot
from pytest_orchestra.suite.making.ways import NoValuesError, WayData, way_values

MAX_SOLVED = 20
"""Ways whose other values are changed so that a limit may be met."""
MAX_HIDDEN = 5
"""Times that an edge which other values hide is looked for."""
MAX_NOTE = 300
"""Characters of a comment."""
ALL_KINDS = frozenset(DataKind)


@dataclass(slots=True, kw_only=True)
class DataMaker:
    """Makes the sets of one suite.

    Args:
        ways: its scenarios, in order.
        covered: values of a set that is there already, by the key of the scenario that it takes.

    Attributes:
        not_made: what no set could be made for, so far.
    """

    ways: Sequence[WayData]
    covered: Mapping[str, Values] = field(default_factory=dict)
    not_made: list[NotMade] = field(default_factory=list)
    _values: dict[str, Values] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _tried: Counter[object] = field(default_factory=Counter)

    def make(self, kinds: Collection[DataKind] = ALL_KINDS) -> Iterator[MadeSet]:
        """The sets: those that take a way first, then those at limits, then those refused."""
        happy = list(self._happy())
        if DataKind.HAPPY_PATH in kinds:
            yield from happy
        if DataKind.BOUNDARY in kinds:
            yield from _once(self._boundaries())
        if DataKind.NEGATIVE in kinds:
            yield from self._negatives()

    def _happy(self) -> Iterator[MadeSet]:
        for way in self.ways:
            unread = [each.text for each in way.asked.unread]
            if unread:
                why = f"its condition `{unread[0]}` cannot be read"
                self.not_made.append(NotMade(what=way.key, why=why))
                continue
            if way.key in self.covered:
                self._values[way.key] = self.covered[way.key]
                continue
            try:
                values = way_values(way)
            except NoValuesError as error:
                self.not_made.append(NotMade(what=way.key, why=str(error)))
                continue
            self._values[way.key] = values
            asked = dict.fromkeys(map(str, way.asked.questions))
            why = shortened(", ".join(asked), MAX_NOTE) or "any data takes this way"
            yield MadeSet(
                name=self._name(way.key),
                kind=DataKind.HAPPY_PATH,
                scenario=way.key,
                values=values,
                why=why,
            )

    def _boundaries(self) -> Iterator[MadeSet]:
        """Each side of each condition, then each limit of a description, on the first way."""
        told: set[object] = set()
        for find in (self._seen, self._hidden):
            for way in self._known_ways():
                for edge, values in find(way, told):
                    told.add(_asked(edge))
                    if values != self._values[way.key]:
                        side = f"is the last on its side of {edge.demand}"
                        why = f"{_path(edge.place)} {edge.value} {side}"
                        yield self._boundary(way, edge.place, edge.label, values, why)
        for place, variant in self._limits():
            yield from self._limit(place, variant)

    def _seen(self, way: WayData, told: Container[object]) -> Iterator[tuple[Edge, Values]]:
        for edge in edges(way, self._values[way.key]):
            if _asked(edge) in told:
                continue
            if (values := self._with(way, edge.place, edge.value)) is not None:
                yield edge, values

    def _hidden(self, way: WayData, told: Container[object]) -> Iterator[tuple[Edge, Values]]:
        for edge, other, turns in hidden_edges(way):
            if _asked(edge) in told or self._tried[_asked(edge)] >= MAX_HIDDEN:
                continue
            self._tried[_asked(edge)] += 1
            pinned = (edge.place, edge.value)
            with suppress(NoValuesError):
                values = way_values(way, pinned, like=self._values[way.key], more=(turns,))
                beyond = changed(values, edge.place, plain_number(other))
                if isinstance(beyond, dict) and edge.demand.misfit(beyond) is not None:
                    yield edge, values

    def _limits(self) -> Iterator[tuple[Place, Variant]]:
        """Each limit of each place, once."""
        told: set[object] = set()
        for way in self._known_ways():
            for place, shape in way.places.items():
                given = part_of(self._values[way.key], place)
                for variant in boundaries(way.maker, shape, given, _path(place)):
                    at = (*place, *variant.path)
                    if (at, variant.label) not in told:
                        told.add((at, variant.label))
                        yield at, variant

    def _limit(self, place: Place, variant: Variant) -> Iterator[MadeSet]:
        """The set with a limit, of the first scenario whose way it takes."""
        for is_solved in (False, True):
            for way in islice(self._known_ways(), MAX_SOLVED if is_solved else None):
                if (values := self._with(way, place, variant.value, is_solved=is_solved)) is None:
                    continue
                if values != self._values[way.key]:
                    why = f"{_path(place)} is at its limit: {variant.label}"
                    yield self._boundary(way, place, variant.label, values, why)
                return
        name = f"{_path(place)} {variant.label}"
        self.not_made.append(NotMade(what=name, why="no scenario's way allows it"))

    def _boundary(
        self, way: WayData, place: Place, label: str, values: Values, why: str
    ) -> MadeSet:
        return MadeSet(
            name=self._name(f"{way.key}-{_slug(place)}-{label}"),
            kind=DataKind.BOUNDARY,
            scenario=way.key,
            values=values,
            why=why,
        )

    def _with(
        self, way: WayData, place: Place, value: object, *, is_solved: bool = True
    ) -> Values | None:
        """The way's values with another one in a place; others are changed where they must be."""
        if not _is_there(self._values[way.key], place):
            return None
        values = changed(self._values[way.key], place, value)
        if isinstance(values, dict) and not way.misses(values):
            return values
        if not is_solved:
            return None
        try:
            return way_values(way, (place, value), like=self._values[way.key])
        except NoValuesError:
            return None

    def _negatives(self) -> Iterator[MadeSet]:
        """Each rule of each described action broken, on the first way that comes by."""
        looked_at: set[str] = set()
        told: set[object] = set()
        for way in self._known_ways():
            for index, request in enumerate(way.requests):
                step = request.bound.step
                if step.kind is not StepKind.ACTION or step.id in looked_at:
                    continue
                looked_at.add(step.id)
                if step.alias is None:
                    why = "give it an alias, so that sets can say that it refuses them"
                    self.not_made.append(NotMade(what=step.name, why=why))
                    continue
                yield from self._refused(way, index, step.alias, told)

    def _refused(
        self, way: WayData, index: int, alias: str, told: set[object]
    ) -> Iterator[MadeSet]:
        """The sets that one call is refused with."""
        request = way.requests[index]
        for slot, variant in _broken(way, request, self._values[way.key]):
            place = (*slot.place, *variant.path)
            if (place, variant.label) in told:
                continue
            values = changed(self._values[way.key], place, variant.value)
            if not isinstance(values, dict) or not _begins(way, index, values):
                continue
            found = request.breaches(values)
            if len(found) == 1 and found[0].rule == variant.rule:
                told.add((place, variant.label))
                yield MadeSet(
                    name=self._name(f"refused-{_slug(place)}-{variant.label}"),
                    kind=DataKind.NEGATIVE,
                    scenario=way.key,
                    values=values,
                    refused_by=alias,
                    why=f"breaks {variant.rule}: {found[0].path} {found[0].message}",
                )

    def _known_ways(self) -> Iterator[WayData]:
        return (way for way in self.ways if way.key in self._values)

    def _name(self, wished: str) -> str:
        """A name that no other set has."""
        name, number = wished, 2
        while name in self._names:
            name, number = f"{wished}-{number}", number + 1
        self._names.add(name)
        return name


def _once(sets: Iterable[MadeSet]) -> Iterator[MadeSet]:
    """Without those that are as one before; one value may be at the limit of several conditions."""
    known: set[tuple[str, str]] = set()
    for each in sets:
        same = each.scenario, repr(each.values)
        if same not in known:
            known.add(same)
            yield each


def _asked(edge: Edge) -> object:
    return edge.demand.text, edge.demand.holds, edge.place, str(edge.value)


def _broken(way: WayData, request: Request, values: Values) -> Iterator[tuple[Slot, Variant]]:
    for slot in request.slots:
        with suppress(UnmakeableError):
            shape = request.shape_at(slot.field)
            given = part_of(values, slot.place)
            for variant in breaches(way.maker, shape, given, _path(slot.place)):
                yield slot, variant


def _begins(way: WayData, index: int, values: Values) -> bool:
    """Whether values take the way up to a call, and let all calls before pass."""
    moment = way.requests[index].bound.moment
    before = {(each.asked.text, each.asked.holds) for each in way.asked.before(moment)}
    demands = (
        each
        for each in way.demands
        if isinstance(each, Demand) and (each.text, each.holds) in before
    )
    return all(each.misfit(values) is None for each in demands) and not any(
        request.breaches(values) for request in way.requests[:index]
    )


def _is_there(values: Values, place: Place) -> bool:
    try:
        part_of(values, place)
    except LookupError:
        return False
    return True


def _slug(place: Place) -> str:
    """A place as a part of a name; items are counted from 1."""
    words = (str(key + 1) if isinstance(key, int) else key for key in place)
    return "-".join(re.sub(r"[^\w]+", "-", word).strip("-") for word in words)


def _path(place: Place) -> str:
    return path_of(str(place[0]), place[1:])
