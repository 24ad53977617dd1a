"""Everything that is known of a suite's data, gathered for those who make it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from random import Random

from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.shapes import Shape, UnmakeableError
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.data.making.variants import Place
from pytest_orchestra.model import ElementId, SourceLocation
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.bound import BoundScenario
from pytest_orchestra.suite.fitting import Fitting
from pytest_orchestra.suite.making.asked import DataNames, aside_of, asked_of
from pytest_orchestra.suite.making.requests import Request, RequestReader
from pytest_orchestra.suite.making.ways import WayData
from pytest_orchestra.suite.names import references_of
from pytest_orchestra.suite.ways import Way


def read_ways(
    scenarios: Sequence[BoundScenario],
    names: DataNames,
    *,
    protocols: Mapping[str, ProtocolPlugin],
    name_of: Callable[[ElementId], str],
    realistic: RealisticNames,
    random: Random,
) -> tuple[WayData, ...]:
    """The data of each scenario.

    Args:
        scenarios: of the suite.
        names: of data.
        protocols: by channel.
        name_of: what people call an element.
        realistic: makes texts by their names.
        random: what decides.
    """
    seed = random.getrandbits(64)
    fitting = Fitting([_example(names)], name_of, names.each)
    ways = [Way(each.scenario) for each in scenarios]
    found = []
    for bound, way in zip(scenarios, ways, strict=True):
        own = Random(f"{seed}/{bound.scenario.key}")  # noqa: S311 - made data is no secret
        maker = ValueMaker(random=own, names=realistic)
        requests = tuple(RequestReader(protocols=protocols, maker=maker).requests(bound))
        found.append(
            WayData(
                bound=bound,
                asked=asked_of(way, names),
                demands=fitting.demands(way),
                aside=aside_of(way, names),
                wishes=fitting.wishes(way),
                requests=requests,
                places=_places(requests),
                read=tuple(dict.fromkeys(_read(bound))),
                maker=maker,
            )
        )
    return tuple(found)


def _example(names: DataNames) -> DataSet:
    """A set with all names, so that a condition that reads one of them is known to ask for data."""
    lists = {name: [dict.fromkeys(sorted(keys))] for name, keys in names.keys.items()}
    return DataSet(
        name="example",
        values={**dict.fromkeys(sorted(names.plain)), **lists},
        scope=Scope.SUITE,
        file="",
        location=SourceLocation(file=""),
    )


def _places(requests: Iterable[Request]) -> Mapping[Place, Shape]:
    found: dict[Place, Shape] = {}
    for request in requests:
        for slot in request.slots:
            with suppress(UnmakeableError):
                found.setdefault(slot.place, request.shape_at(slot.field))
    return found


def _read(bound: BoundScenario) -> Iterator[Place]:
    for step in bound.steps:
        for reference in references_of(step.step):
            if reference.optional or not reference.path:
                continue
            if reference.root == "data":
                yield reference.path
            elif reference.root == "each":
                name, *rest = reference.path
                if turn := step.items.get(name):
                    yield (name, turn - 1, *rest)
