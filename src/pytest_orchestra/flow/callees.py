"""Who calls whom: what a call activity calls, all that a process calls, and who calls itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_orchestra.flow.readings import named
from pytest_orchestra.model import FlowNode, NodeKind, Problem, Process, Severity

MAX_CHAINS = 10_000
"""Chains of calls that are looked at for one that comes round."""


def called_process(node: FlowNode, processes: Mapping[str, Process]) -> Process | None:
    """Return what a call activity calls, if it is known and more than an empty pool.

    A prefix is dropped where the id is not known with it.
    """
    if node.kind is not NodeKind.CALL_ACTIVITY or not node.called_element:
        return None
    called = node.called_element.strip()
    found = processes.get(called) or processes.get(called.rpartition(":")[2])
    return found if found is not None and found.nodes else None


def called_processes(process: Process, processes: Mapping[str, Process]) -> tuple[Process, ...]:
    """Return the processes that a process calls, directly or not, itself apart, in order of calls.

    Args:
        process: the calling one.
        processes: those that are known, by id.
    """
    found = {process.id: process}
    todo = [process]
    for caller in todo:
        for node in caller.nodes:
            called = called_process(node, processes)
            if called is not None and called.id not in found:
                found[called.id] = called
                todo.append(called)
    return tuple(found.values())[1:]


def find_recursions(process: Process, processes: Mapping[str, Process]) -> Iterator[Problem]:
    """Yield the calls of processes that are being called already when they are come to."""
    reported: set[str] = set()
    seen = {(process.id, frozenset({process.id}))}
    todo = [(process, frozenset({process.id}))]
    while todo and len(seen) < MAX_CHAINS:
        caller, calling = todo.pop()
        for node in caller.nodes:
            called = called_process(node, processes)
            if called is None:
                continue
            inner = calling | {called.id}
            if called.id in calling:
                if node.id not in reported:
                    reported.add(node.id)
                    yield _recursive(node, called)
            elif (called.id, inner) not in seen:
                seen.add((called.id, inner))
                todo.append((called, inner))


def _recursive(node: FlowNode, called: Process) -> Problem:
    return Problem(
        severity=Severity.INFO,
        code="call-recursive",
        element_id=node.id,
        location=node.location,
        message=f"{named(node)} calls '{called.id}', which is being called already, and is not"
        " looked into there",
        hint="Bind steps at the call",
    )
