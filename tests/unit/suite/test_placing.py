"""Which steps a way runs, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.model import ElementId, Process, ProcessModel, SourceLocation
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.placing import PlacedStep, Placing
from pytest_orchestra.suite.ways import Way

MakeScenario = Callable[..., Scenario]
Place = Callable[..., PlacedStep]


@pytest.fixture
def place(order: Process, model: ProcessModel) -> Place:
    elements = Elements(order, model)

    def make(name: str, *places: str, leaving: bool = False, when: str = "") -> PlacedStep:
        step = Step(
            id=name, name=name, kind=StepKind.ACTION, location=SourceLocation(file="s.yaml")
        )
        return PlacedStep(
            step=step,
            places=tuple(elements[ElementId(each)] for each in places),
            passage=Passage.LEFT if leaving else Passage.ENTERED,
            when=tuple(ElementId(each) for each in when.split()),
        )

    return make


def bound(way: Way, *steps: PlacedStep) -> list[str]:
    return [
        f"{each.step.id} {each.place} #{each.visit} @{each.moment}"
        for each in Placing(steps).bind(way)
    ]


def test_steps_run_in_the_order_of_the_way_and_of_the_file(
    place: Place, make_scenario: MakeScenario
) -> None:
    way = Way(make_scenario("+start", ">f1", "+place", "-place", ">f2", "+amount"))
    assert bound(
        way,
        place("after", "order", leaving=True),
        place("gateway", "amount"),
        place("flow", "f1"),
        place("left", "place", leaving=True),
        place("second", "place"),
        place("third", "place"),
        place("before", "order"),
        place("elsewhere", "ship"),
    ) == [
        "before Order handling #1 @-1",
        "flow f1 #1 @1",
        "second Place order #1 @2",
        "third Place order #1 @2",
        "left Place order #1 @3",
        "gateway Amount? #1 @5",
        "after Order handling #1 @6",
    ]


def test_every_visit_runs_a_step_and_an_interrupted_one_is_not_left(
    place: Place, make_scenario: MakeScenario
) -> None:
    way = Way(make_scenario("+review", "-review", "+review", "!review", "+review", "-review"))
    steps = place("at", "review"), place("left", "review", leaving=True)
    assert bound(way, *steps) == [
        "at Review #1 @0",
        "left Review #1 @1",
        "at Review #2 @2",
        "at Review #3 @4",
        "left Review #3 @5",
    ]


def test_a_step_stands_at_several_places(place: Place, make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+place", "+review", ">low"))
    assert bound(way, place("x", "review", "order", "low", "place")) == [
        "x Order handling #1 @-1",
        "x Place order #1 @0",
        "x Review #1 @1",
        "x low #1 @2",
    ]


def test_when_looks_along_the_stretch_of_the_visit(
    place: Place, make_scenario: MakeScenario
) -> None:
    way = Way(
        make_scenario("+place", "+review", "-review", ">f_no", "+review", "-review", ">f_yes")
    )
    sent_back = place("sent back", "review", when="f_no")
    approved = place("approved", "review", leaving=True, when="f_yes place")
    never = place("never", "review", when="f_yes f_no")
    assert bound(way, sent_back, approved, never) == [
        "sent back Review #1 @1",
        "approved Review #2 @5",
    ]


def test_when_of_a_step_at_the_process_looks_along_the_whole_way(
    place: Place, make_scenario: MakeScenario
) -> None:
    way = Way(make_scenario("+place", "+review"))
    there = place("there", "order", when="review place")
    not_there = place("not there", "order", when="review ship", leaving=True)
    assert bound(way, there, not_there) == ["there Order handling #1 @-1"]


def test_an_activity_of_no_turns_runs_no_step(place: Place) -> None:
    moment = Moment(passage=Passage.ENTERED, element=ElementId("review"), visit=0)
    scenario = Scenario(key="k", name="k", process_id=ElementId("order"), moments=(moment,))
    assert bound(Way(scenario), place("at", "review")) == []
