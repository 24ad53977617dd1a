"""The table of BPMN's elements."""

from __future__ import annotations

import pytest

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.metamodel import BY_NAME, Role
from pytest_orchestra.model import EventKind, NodeKind


@pytest.mark.parametrize("kind", NodeKind)
def test_every_kind_of_node_of_the_model_has_a_row(kind: NodeKind) -> None:
    assert BY_NAME[kind.value].role in {Role.NODE, Role.CONTAINER}
    assert metamodel.NODE_KINDS[kind.value] is kind


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_of_the_model_has_a_row(kind: EventKind) -> None:
    row = BY_NAME[f"{kind.value}EventDefinition"]
    assert row.role is Role.EVENT
    assert metamodel.EVENT_KINDS[row.name] is kind


def test_only_sub_processes_hold_flow_elements() -> None:
    holders = {name for name, row in BY_NAME.items() if row.role is Role.CONTAINER}
    assert holders == {"subProcess", "transaction", "adHocSubProcess"}


def test_what_is_not_read_has_a_reason_and_what_is_read_has_none() -> None:
    skipped = {Role.IGNORED, Role.UNSUPPORTED}
    assert all(bool(row.reason) is (row.role in skipped) for row in BY_NAME.values())


def test_no_element_has_two_rows() -> None:
    """A second row would replace the first in silence."""
    assert len(list(metamodel._rows())) == len(BY_NAME)


def test_every_role_either_holds_elements_or_text() -> None:
    assert metamodel.TEXTS.isdisjoint(metamodel.HOLDS)
    assert metamodel.TEXTS | set(metamodel.HOLDS) == set(Role)
