"""How ids are given and found."""

from __future__ import annotations

import pytest

from pytest_orchestra.importers.bpmn.metamodel import BY_NAME
from pytest_orchestra.importers.bpmn.reader import RawElement
from pytest_orchestra.importers.bpmn.references import Ids, find, find_exit
from pytest_orchestra.model import ElementId


def raw(name: str, element_id: str | None = None) -> RawElement:
    return RawElement(type=BY_NAME[name], attributes={"id": element_id} if element_id else {})


@pytest.mark.parametrize("reference", ["Task_1", "tns:Task_1", " Task_1\n", " tns:Task_1 "])
def test_a_reference_is_found_without_prefix_and_white_space(reference: str) -> None:
    assert find(reference, {"Task_1"}) == "Task_1"


def test_an_id_with_a_colon_is_found_as_it_stands() -> None:
    assert find("a:b", {"a:b", "b"}) == "a:b"


@pytest.mark.parametrize("reference", ["", " ", ":", "Task_2", "Task_1:"])
def test_a_reference_to_nothing_is_none(reference: str) -> None:
    assert find(reference, {"Task_1"}) is None


def test_a_flow_is_found_among_those_that_leave_the_node() -> None:
    exits = {("a", "f"): ElementId("f"), ("b", "f"): ElementId("f#2")}
    assert find_exit("b", "tns:f", exits) == "f#2"
    assert find_exit("c", "f", exits) is None


def test_the_second_of_a_name_is_numbered() -> None:
    ids = Ids()
    assert [ids.unique("a->b") for _ in range(3)] == ["a->b", "a->b#2", "a->b#3"]


def test_a_number_that_the_file_has_itself_is_passed_over() -> None:
    ids = Ids()
    assert [ids.unique(name) for name in ("f#2", "f", "f", "f")] == ["f#2", "f", "f#3", "f#4"]


def test_an_element_without_an_id_is_called_by_its_kind_and_number() -> None:
    raws = [raw("userTask"), raw("task", "x"), raw("userTask"), raw("endEvent")]
    ids = Ids(raws)
    assert [ids.give(each) for each in raws] == ["userTask-1", "x", "userTask-2", "endEvent-1"]


def test_an_invented_id_is_none_that_a_later_element_has() -> None:
    raws = [raw("task"), raw("task"), raw("task", "task-1")]
    ids = Ids(raws)
    assert [ids.give(each) for each in raws] == ["task-2", "task-3", "task-1"]
