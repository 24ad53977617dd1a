"""What holds of every binding, on scenarios that were really generated."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import ElementId, Process, ProcessModel, SourceLocation
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.placing import PlacedStep, Placing
from pytest_orchestra.suite.ways import Way

SHOP = Path(__file__).parents[3] / "example_project" / "order.bpmn"


@pytest.fixture(scope="module")
def model() -> ProcessModel:
    return read_model(SHOP)


@pytest.fixture(scope="module")
def process(model: ProcessModel) -> Process:
    return model.processes[0]


@pytest.fixture(scope="module")
def scenarios(process: Process) -> tuple[Scenario, ...]:
    return tuple(generate_scenarios(process, max_loop_iterations=3).scenarios)


def placed(
    elements: Elements, name: str, place: str, *, leaving: bool, when: str = ""
) -> PlacedStep:
    step = Step(id=name, name=name, kind=StepKind.ACTION, location=SourceLocation(file="s.yaml"))
    return PlacedStep(
        step=step,
        places=(elements[ElementId(place)],),
        passage=Passage.LEFT if leaving else Passage.ENTERED,
        when=(ElementId(when),) if when else (),
    )


@settings(max_examples=30, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_every_visit_of_a_place_runs_its_steps_once_and_in_order(
    chance: Random, model: ProcessModel, process: Process, scenarios: tuple[Scenario, ...]
) -> None:
    elements = Elements(process, model)
    names = [*(node.id for node in process.nodes), *(flow.id for flow in process.flows)]
    steps = []
    for number in range(12):
        place = chance.choice(names)
        leaving = elements[place].can_be_left and chance.random() < 0.5
        steps.append(placed(elements, f"s{number:02}", place, leaving=leaving))
    placing = Placing(steps)
    for scenario in scenarios:
        bound = placing.bind(Way(scenario))
        assert sorted(bound, key=lambda each: (each.moment, each.step.id)) == list(bound)
        for each in bound:
            moment = scenario.moments[each.moment]
            told = (moment.passage, moment.element, moment.visit)
            assert told == (each.passage, each.element, each.visit)
        expected = sum(_runs(step, moment) for step in steps for moment in scenario.moments)
        assert len(bound) == expected


def _runs(step: PlacedStep, moment: Moment) -> bool:
    (element,) = step.places
    passage = Passage.TAKEN if element.is_flow else step.passage
    return moment.element == element.id and moment.passage is passage


def test_each_visit_of_a_decision_has_exactly_one_of_its_outcomes_ahead(
    model: ProcessModel, process: Process, scenarios: tuple[Scenario, ...]
) -> None:
    elements = Elements(process, model)
    charge = elements.find("Charge payment", None).id
    outcomes = ["Payment accepted?/yes", "Payment accepted?/retry", "Card declined"]
    steps = [
        placed(elements, text, charge, leaving=False, when=elements.find(text, None).id)
        for text in outcomes
    ]
    seen = set()
    for scenario in scenarios:
        way = Way(scenario)
        visits = [each.visit for each in Placing(steps).bind(way)]
        assert visits == list(range(1, len(way.passed.get(charge, ())) + 1))
        seen.add(len(visits))
    assert seen >= {0, 1, 2, 4}


@settings(max_examples=30, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_what_surely_came_before_did_so_in_any_legal_order(
    chance: Random, scenarios: tuple[Scenario, ...]
) -> None:
    for scenario in scenarios:
        way = Way(scenario)
        position = _any_order(scenario, chance)
        for later in range(len(scenario.moments)):
            for earlier in range(len(scenario.moments)):
                if way.surely_before(earlier, later):
                    assert position[earlier] < position[later]


def _any_order(scenario: Scenario, chance: Random) -> dict[int, int]:
    """The position of each moment in some order that keeps causes before what they cause."""
    waiting = dict(enumerate(scenario.moments))
    position: dict[int, int] = {}
    while waiting:
        ready = [
            index
            for index, moment in waiting.items()
            if all(cause in position for cause in moment.causes)
        ]
        chosen = chance.choice(ready)
        position[chosen] = len(position)
        del waiting[chosen]
    return position
