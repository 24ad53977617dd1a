"""Writes BPMN files: tasks in a row, a split into many ways, tasks in a row, an end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence


def split_process(
    *, ways: int, before: Sequence[str], after: Sequence[str], start: str, end: str
) -> str:
    """Write a process of which every scenario takes another way.

    Args:
        ways: how many; the scenarios' keys are ``main``, ``way-0001``, ``way-0002``, ...
        before: names of the tasks before the split.
        after: names of the tasks after the merge.
        start: name of the start event.
        end: name of the end event.
    """
    nodes = [f'    <startEvent id="start" name="{start}"/>\n']
    nodes += [f'    <task id="{_id(name)}" name="{name}"/>\n' for name in (*before, *after)]
    nodes += [
        '    <exclusiveGateway id="split" name="Way?" default="way_0000"/>\n',
        '    <exclusiveGateway id="merge"/>\n',
        f'    <endEvent id="end" name="{end}"/>\n',
    ]
    rows = [("start", *map(_id, before), "split"), ("merge", *map(_id, after), "end")]
    flows = [
        f'    <sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}"/>\n'
        for row in rows
        for source, target in itertools.pairwise(row)
    ]
    body = "".join((*nodes, *flows, *map(_way, range(ways))))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' targetNamespace="benchmarks">\n'
        f'  <process id="order" name="Order" isExecutable="true">\n{body}  </process>\n'
        "</definitions>\n"
    )


def _way(number: int) -> str:
    return (
        f'    <sequenceFlow id="way_{number:04}" name="{number:04}" sourceRef="split"'
        f' targetRef="pack_{number:04}"/>\n'
        f'    <task id="pack_{number:04}" name="Pack {number:04}"/>\n'
        f'    <sequenceFlow id="packed_{number:04}" sourceRef="pack_{number:04}"'
        ' targetRef="merge"/>\n'
    )


def _id(name: str) -> str:
    return name.lower().replace(" ", "_")
