"""The control-flow graph of a process, as ``orchestra plan --graph`` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pytest_orchestra.cli.files import is_process_file, look_at
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import EventDefinition, FlowNode, Loop, Process, SequenceFlow
from pytest_orchestra.suite.processes import read_processes
from pytest_orchestra.suite.reading import read_suite


def print_graphs(files: Sequence[Path]) -> Sequence[OrchestraError]:
    """Print the graphs of all processes as one JSON object; return what is wrong.

    Of a suite these are the tested process and those that it calls.
    """
    graphs, errors = look_at(files, _graphs)
    print(json.dumps({"processes": graphs}, indent=2, ensure_ascii=False))
    return errors


def _graphs(path: Path) -> Iterator[dict[str, Any]]:
    if is_process_file(path):
        for process in read_model(path).processes:
            yield graph_tree(process, path)
        return
    suite = read_suite(path)
    processes = read_processes(suite)
    yield graph_tree(processes.tested, suite.process_file)
    for process in processes.called:
        at = process.location
        yield graph_tree(process, Path(at.file) if at else suite.process_file)


def graph_tree(process: Process, file: Path) -> dict[str, Any]:
    """A process as a JSON-like tree; nodes and flows in the order of the file."""
    return {
        "process_file": str(file),
        "process_id": process.id,
        "name": process.name,
        "nodes": [_node(node) for node in process.nodes],
        "flows": [_flow(flow) for flow in process.flows],
    }


def _node(node: FlowNode) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind.value,
        "name": node.name,
        "scope": node.scope,
        "events": [_event(event) for event in node.events],
        "attached_to": node.attached_to,
        "interrupting": node.interrupting,
        "triggered_by_event": node.triggered_by_event,
        "for_compensation": node.for_compensation,
        "default_flow": node.default_flow,
        "loop": _loop(node.loop) if node.loop else None,
        "called_element": node.called_element,
        "line": node.location.line if node.location else None,
    }


def _event(event: EventDefinition) -> dict[str, Any]:
    return {
        "kind": event.kind.value,
        "name": event.name,
        "reference": event.reference,
        "code": event.code,
        "expression": event.expression,
    }


def _loop(loop: Loop) -> dict[str, Any]:
    return {"kind": loop.kind.value, "test_before": loop.test_before, "maximum": loop.maximum}


def _flow(flow: SequenceFlow) -> dict[str, Any]:
    return {
        "id": flow.id,
        "source": flow.source,
        "target": flow.target,
        "name": flow.name,
        "condition": flow.condition.text if flow.condition else None,
        "line": flow.location.line if flow.location else None,
    }
