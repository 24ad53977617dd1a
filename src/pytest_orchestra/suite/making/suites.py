"""A bound suite and its data sets as those see them who make data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from pytest_orchestra.data.data_sets import DataSet, DataSets
from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.variants import part_of
from pytest_orchestra.expressions.statements import StatementTemplate
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.model import ElementId
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.bound import BoundScenario, BoundSuite
from pytest_orchestra.suite.each import Each, item_keys
from pytest_orchestra.suite.making.asked import DataNames
from pytest_orchestra.suite.making.reading import read_ways
from pytest_orchestra.suite.making.ways import WayData
from pytest_orchestra.suite.names import data_names, item_names


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteData:
    """The ways of a suite and the sets that there are for them.

    Attributes:
        ways: what each scenario asks of data, in order.
        sets: that the suite may use, the negative ones too.
    """

    ways: tuple[WayData, ...]
    sets: tuple[DataSet, ...]

    def fitting(self, way: WayData) -> Iterator[DataSet]:
        """The positive sets that take a way, the one first that the scenario runs with."""
        own = way.bound.data
        first = [own] if own is not None else []
        rest = (each for each in self.sets if own is None or each.name != own.name)
        for data in (*first, *rest):
            if data.refused is None and takes(way, data):
                yield data

    @property
    def only_compared(self) -> tuple[str, ...]:
        """Names that steps read and no action sends: what is right for them the system says."""
        steps = {id(step.step): step.step for way in self.ways for step in way.bound.steps}
        sent = {
            reference.path[0]
            for step in steps.values()
            if step.kind is StepKind.ACTION and step.call is not None
            for field in step.call.fields.values()
            if isinstance(field, Template | StatementTemplate)
            for reference in field.references
            if reference.root in {"data", "each"} and reference.path
        }
        return tuple(sorted(data_names(steps.values()) - sent))

    def covering(self) -> Mapping[str, DataSet]:
        """By the keys of scenarios a set that takes their way, where there is one."""
        found = ((way.key, next(self.fitting(way), None)) for way in self.ways)
        return {key: data for key, data in found if data is not None}


def takes(way: WayData, data: DataSet) -> bool:
    """Whether a set has what the steps of a way read, and meets what it asks."""
    try:
        for place in (*way.read, *way.places):
            part_of(data.values, place)
    except LookupError:
        return False
    return not way.misses(data.values)


def suite_ways(
    bound: BoundSuite,
    sets: Sequence[DataSet],
    asked: frozenset[str],
    *,
    protocols: Mapping[str, ProtocolPlugin],
    name_of: Callable[[ElementId], str],
    realistic: RealisticNames,
    random: Random,
) -> SuiteData:
    """Gather what is known of a suite's data.

    Args:
        bound: the suite.
        sets: that it may use.
        asked: names in the suite's own conditions.
        protocols: by channel.
        name_of: what people call an element.
        realistic: makes texts by their names.
        random: what decides.
    """
    known = DataSets({each.name: each for each in sets})
    by_key = {each.scenario.key: each for each in reversed(bound.scenarios) if _is_positive(each)}
    scenarios = tuple(reversed(by_key.values()))
    steps = [step.step for scenario in scenarios for step in scenario.steps]
    plain = data_names(steps) | {name for each in sets for name in each.values} | asked
    keys = {
        name: item_names(steps, name) | item_keys(Each(elements={name: elements}), known)
        for name, elements in bound.each.elements.items()
    }
    names = DataNames(plain=plain | keys.keys(), each=bound.each, keys=keys)
    ways = read_ways(
        scenarios,
        names,
        protocols=protocols,
        name_of=name_of,
        realistic=realistic,
        random=random,
    )
    return SuiteData(ways=ways, sets=tuple(sets))


def _is_positive(bound: BoundScenario) -> bool:
    return bound.data is None or bound.data.refused is None
