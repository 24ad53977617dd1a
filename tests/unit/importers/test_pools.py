"""Pools and message flows."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.model import ProcessModel

Read = Callable[..., ProcessModel]

PROCESSES = '<process id="p"><task id="a"/></process><process id="q"><task id="b"/></process>'


def test_a_pool_has_the_process_it_refers_to(read: Read) -> None:
    model = read(
        PROCESSES + '<collaboration><participant id="x" name="The\nshop" processRef="tns:p"/>'
        '<participant id="y" name="Customer"/><participant id="z" processRef="lost"/>'
        "</collaboration>"
    )
    assert [(pool.id, pool.name, pool.process_id) for pool in model.participants] == [
        ("x", "The shop", "p"),
        ("y", "Customer", None),
        ("z", "", None),
    ]


def test_a_process_without_a_name_is_called_like_its_first_pool(read: Read) -> None:
    model = read(
        '<process id="p"/><process id="q" name="Own"/><collaboration>'
        '<participant name="Shop" processRef="p"/><participant name="Other" processRef="p"/>'
        '<participant name="Bank" processRef="q"/></collaboration>'
    )
    assert [process.name for process in model.processes] == ["Shop", "Own"]
    assert [pool.id for pool in model.participants] == [
        "participant-1",
        "participant-2",
        "participant-3",
    ]


def test_message_flows_lead_between_nodes_pools_and_processes(read: Read) -> None:
    model = read(
        PROCESSES + '<collaboration><participant id="x"/>'
        '<messageFlow id="m1" name="Order\n" sourceRef="tns:a" targetRef="b"/>'
        '<messageFlow id="m2" sourceRef="x" targetRef="q"/>'
        '<messageFlow sourceRef="a" targetRef="tns:lost"/><messageFlow/></collaboration>'
    )
    assert [(flow.id, flow.name, flow.source, flow.target) for flow in model.message_flows] == [
        ("m1", "Order", "a", "b"),
        ("m2", "", "x", "q"),
        ("a->tns:lost", "", "a", "tns:lost"),
        ("->", "", "", ""),
    ]


def test_several_collaborations_are_read_as_one(read: Read) -> None:
    model = read(
        '<collaboration><participant id="x"/></collaboration>'
        '<collaboration><participant id="y"/></collaboration>'
    )
    assert [pool.id for pool in model.participants] == ["x", "y"]
