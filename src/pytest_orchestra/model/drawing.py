"""How a model is drawn (BPMN 2.0, clause 12), in the file's own unit; no part of its logic."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_orchestra.model.problem import ElementId, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A rectangle; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A node, lane, pool, data object or annotation.

    Attributes:
        element: the id of what it shows.
        label: where its name stands, if the file says so.
        expanded: whether a sub-process shows its inside.
        horizontal: whether a pool or lane runs from left to right.
    """

    element: ElementId
    bounds: Bounds
    label: Bounds | None = None
    expanded: bool = True
    horizontal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A flow or association; ``waypoints`` are its (x, y) from source to target, two or more."""

    element: ElementId
    waypoints: tuple[tuple[float, float], ...]
    label: Bounds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """One diagram of a file; ``plane`` is the process, collaboration or sub-process it shows."""

    plane: str
    name: str = ""
    shapes: tuple[Shape, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All diagrams of a file in its order, and what of them could not be read."""

    diagrams: tuple[Diagram, ...] = ()
    problems: tuple[Problem, ...] = ()
