"""Ways with conditions and no steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.shapes import Shape
from pytest_orchestra.data.making.variants import Place
from pytest_orchestra.expressions.conditions.conditions import parse_condition
from pytest_orchestra.flow.scenario import Scenario, WayCondition
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.bound import BoundScenario
from pytest_orchestra.suite.making.asked import DataNames
from pytest_orchestra.suite.making.reading import read_ways
from pytest_orchestra.suite.making.ways import WayData


def condition(text: str, number: int) -> WayCondition:
    """``not: …`` must not hold; ``N: …`` is asked at visit N; each has a node of its own."""
    holds, visit = True, 1
    if text.startswith("not: "):
        holds, text = False, text.removeprefix("not: ")
    if text[:1].isdigit() and text[1:3] == ": ":
        visit, text = int(text[0]), text[3:]
    return WayCondition(
        element=ElementId(f"flow{number}"),
        at=ElementId(f"gateway{number}"),
        visit=visit,
        text=text,
        holds=holds,
        moment=number,
        condition=parse_condition(text, "plain") if "??" not in text else None,
    )


@pytest.fixture
def way_of() -> Callable[..., WayData]:
    """The data of a way that asks these conditions."""

    def of(
        *texts: str,
        names: str,
        places: Mapping[Place, Mapping[str, Any]] | None = None,
        aside: tuple[str, ...] = (),
    ) -> WayData:
        scenario = Scenario(
            key="way",
            name="Way",
            process_id=ElementId("p"),
            moments=(),
            conditions=tuple(condition(text, number) for number, text in enumerate(texts)),
            aside=tuple(condition(text, -number) for number, text in enumerate(aside, 1)),
        )
        bound = BoundScenario(item="way", name="Way", scenario=scenario, steps=())
        [way] = read_ways(
            [bound],
            DataNames(plain=frozenset(names.split())),
            protocols={},
            name_of=str,
            realistic=RealisticNames(is_plain=True),
            random=Random(1),
        )
        shapes = {place: Shape.of(schema) for place, schema in (places or {}).items()}
        return WayData(
            bound=way.bound,
            asked=way.asked,
            demands=way.demands,
            aside=way.aside,
            wishes=way.wishes,
            requests=way.requests,
            places=shapes,
            read=way.read,
            maker=way.maker,
        )

    return of
