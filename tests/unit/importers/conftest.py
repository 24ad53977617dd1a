"""BPMN files as short strings: one construct a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.model import FlowNode, Problem, Process, ProcessModel

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@pytest.fixture
def read() -> Callable[..., ProcessModel]:
    """Reads what stands inside <definitions>."""

    def read_definitions(body: str, attributes: str = "") -> ProcessModel:
        text = f'<definitions xmlns="{NAMESPACE}" {attributes}>\n{body}\n</definitions>'
        return read_bpmn(text.encode(), "shop.bpmn")

    return read_definitions


@pytest.fixture
def process(read: Callable[..., ProcessModel]) -> Callable[..., Process]:
    """Reads what stands inside the one process ``p`` of a file, and beside it."""

    def read_process(body: str, beside: str = "", attributes: str = "") -> Process:
        return read(f'<process id="p">{body}</process>{beside}', attributes).processes[0]

    return read_process


@pytest.fixture
def node(process: Callable[..., Process]) -> Callable[..., FlowNode]:
    """Reads a process and takes its first node."""

    def read_node(body: str, beside: str = "", attributes: str = "") -> FlowNode:
        return process(body, beside, attributes).nodes[0]

    return read_node


@pytest.fixture
def problems(read: Callable[..., ProcessModel]) -> Callable[..., list[Problem]]:
    """The problems of a file whose process ``p`` holds the body."""

    def read_problems(body: str, beside: str = "") -> list[Problem]:
        return list(read(f'<process id="p">{body}</process>{beside}').problems)

    return read_problems


@pytest.fixture
def refuse() -> Callable[[bytes], Problem]:
    """The one problem for which the bytes of a file are refused."""

    def read_refused(data: bytes) -> Problem:
        with pytest.raises(DefinitionError) as caught:
            read_bpmn(data, "shop.bpmn")
        (problem,) = caught.value.problems
        assert isinstance(problem, Problem)
        assert problem.hint
        return problem

    return read_refused
