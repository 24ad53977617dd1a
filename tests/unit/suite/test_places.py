"""How a suite calls elements, and what it is told where nothing is called so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import (
    ElementId,
    FlowNode,
    NodeKind,
    Process,
    ProcessModel,
    SequenceFlow,
    SourceLocation,
)
from pytest_orchestra.suite.places import Elements

AT = SourceLocation(file="order.suite.yaml", line=7, column=9)


@pytest.fixture
def elements(order: Process, model: ProcessModel) -> Elements:
    return Elements(order, model)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("place", "place"),
        ("Place order", "place"),
        ("  Place\n   order ", "place"),
        ("Amount?", "amount"),
        ("high", "f_high"),
        ("f_high", "f_high"),
        ("Amount?/high", "f_high"),
        ("amount/f_high", "f_high"),
        ("Amount? / high", "f_high"),
        ("Amount?/low", "low"),
        ("Ship 1/2 parcels", "ship"),
        ("Ship 1/2 parcels/f10", "f10"),
        ("charge", "charge"),
        ("order", "order"),
        ("Order handling", "order"),
        ("order/Place order", "place"),
        ("Order handling/f_yes", "f_yes"),
    ],
)
def test_elements_are_called_by_id_by_name_and_by_gateway_and_flow(
    elements: Elements, text: str, element: str
) -> None:
    assert elements.find(text, AT).id == element


def test_an_element_without_a_name_shows_its_id(elements: Elements) -> None:
    assert elements[ElementId("fork")].name == "fork"
    assert elements[ElementId("low")].name == "low"
    assert elements[ElementId("place")].name == "Place order"


def test_a_flow_shows_the_name_of_its_gateway_too(elements: Elements) -> None:
    """Reports say where a step stands: ``high`` alone would say little."""
    assert elements[ElementId("f_high")].name == "Amount?/high"


@pytest.mark.parametrize(
    ("element", "kind", "can_be_left"),
    [
        ("order", "process", True),
        ("place", "task", True),
        ("ship", "call activity", True),
        ("charge", "sub-process", True),
        ("amount", "gateway", False),
        ("start", "event", False),
        ("low", "flow", False),
    ],
)
def test_only_what_lasts_can_be_left(
    elements: Elements, element: str, kind: str, *, can_be_left: bool
) -> None:
    found = elements[ElementId(element)]
    assert (found.kind, found.can_be_left) == (kind, can_be_left)
    assert found.is_process is (kind == "process")
    assert found.is_flow is (kind == "flow")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Plce order",
            (
                "error[unknown-element] process 'order' has no element called 'Plce order'."
                " Did you mean 'Place order'?"
            ),
        ),
        (
            "place order",
            (
                "error[unknown-element] process 'order' has no element called 'place order'."
                " Did you mean 'Place order'?"
            ),
        ),
        (
            "Charge",
            (
                "error[ambiguous-element] 2 elements are called 'Charge': charge (sub-process),"
                " charge2 (task). Write the id of the one that is meant."
            ),
        ),
        (
            "Amount?/hihg",
            (
                "error[unknown-element] gateway 'Amount?' has no flow 'hihg' that leaves it."
                " Did you mean 'high'?"
            ),
        ),
        (
            "Fine?/high",
            (
                "error[unknown-element] gateway 'Fine?' has no flow 'high' that leaves it."
                " Its flows: no, yes."
            ),
        ),
        (
            "Count  items",
            (
                "error[unknown-element] process 'order' has no element called 'Count items'."
                " It is in process 'stock'; this suite tests 'order'."
            ),
        ),
        (
            "stock",
            (
                "error[unknown-element] process 'order' has no element called 'stock'."
                " It is in process 'stock'; this suite tests 'order'."
            ),
        ),
        (
            "order/Plce order",
            (
                "error[unknown-element] process 'order' has no element called 'order/Plce order'."
                " Did you mean 'Place order'?"
            ),
        ),
    ],
)
def test_what_nothing_or_too_much_is_called_is_refused(
    elements: Elements, text: str, message: str
) -> None:
    with pytest.raises(BindingError) as refusal:
        elements.find(text, AT)
    assert str(refusal.value) == f"order.suite.yaml:7:9: {message}"


def called_process() -> Process:
    """Called by the tested one; some of its names are also the tested one's."""
    scope = ElementId("stock")
    gate = FlowNode(
        id=ElementId("there"), kind=NodeKind.EXCLUSIVE_GATEWAY, scope=scope, name="There?"
    )
    names = {"count": "Count items", "review": "Review", "place": "Put away"}
    tasks = [
        FlowNode(id=ElementId(each), kind=NodeKind.TASK, scope=scope, name=name)
        for each, name in names.items()
    ]
    flow = SequenceFlow(id=ElementId("y"), source=gate.id, target=tasks[0].id, name="yes")
    return Process(id=scope, name="Stock", nodes=(gate, *tasks), flows=(flow,))


@pytest.fixture
def with_called(order: Process, model: ProcessModel) -> Elements:
    return Elements(order, model, [called_process()])


@pytest.mark.parametrize(
    ("text", "element", "name"),
    [
        ("Count items", "stock/count", "Count items"),
        ("count", "stock/count", "Count items"),
        ("Put away", "stock/place", "Put away"),
        ("place", "place", "Place order"),
        ("stock/place", "stock/place", "Put away"),
        ("Review", "review", "Review"),
        ("Stock/Review", "stock/review", "Review"),
        ("There?/yes", "stock/y", "There?/yes"),
        ("stock/There?/yes", "stock/y", "There?/yes"),
        ("stock/y", "stock/y", "There?/yes"),
        ("order/Amount?/high", "f_high", "Amount?/high"),
    ],
)
def test_elements_of_called_processes_are_called_by_their_names(
    with_called: Elements, text: str, element: str, name: str
) -> None:
    """With the process before them where the name is also one of the tested process."""
    found = with_called.find(text, AT)
    assert (found.id, found.name) == (element, name)
    assert with_called[ElementId(element)] is found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "stock",
            (
                "process 'order' has no element called 'stock'. It is a process that 'order' calls:"
                " write the name of the call."
            ),
        ),
        (
            "There?/ye",
            "gateway 'There?' has no flow 'ye' that leaves it. Did you mean 'yes'?",
        ),
        (
            "Cout items",
            "process 'order' has no element called 'Cout items'. Did you mean 'Count items'?",
        ),
    ],
)
def test_what_a_called_process_has_not_is_told(
    with_called: Elements, text: str, message: str
) -> None:
    """With the nearest name."""
    with pytest.raises(BindingError) as refusal:
        with_called.find(text, AT)
    assert str(refusal.value.problems[0]).endswith(f"error[unknown-element] {message}")


def test_a_name_of_two_called_processes_is_ambiguous(order: Process, model: ProcessModel) -> None:
    """The ids that are listed can be written."""
    twin = replace(called_process(), id=ElementId("shop"))
    with pytest.raises(BindingError) as refusal:
        Elements(order, model, [called_process(), twin]).find("Count items", AT)
    assert "stock/count (task), shop/count (task)" in str(refusal.value.problems[0])
