"""What sorts of values the names of constraints may have, all conditions taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod

from pytest_orchestra.expressions.conditions.tree import NamePath
from pytest_orchestra.expressions.solving.constraints import Constraint, Kinds
from pytest_orchestra.expressions.solving.plainsorts import ANY, NULL
from pytest_orchestra.expressions.solving.scales import Sort, kind_of_sort
from pytest_orchestra.expressions.solving.uses import uses_of

MAX_CASES = 64
"""Combinations of sorts that are looked at."""

Sorts = tuple[tuple[NamePath, Sort], ...]
_INSIDE = frozenset(("context", "list"))


class SortCases:
    """The combinations of sorts that the names of constraints may have.

    Attributes:
        names: what the constraints read.
        are_all: whether the cases are all there are.
    """

    def __init__(self, constraints: Sequence[Constraint], kinds: Kinds) -> None:
        self.names = tuple(
            dict.fromkeys(path for each in constraints for path in uses_of(each).names)
        )
        found = _sorts(self.names, constraints, kinds)
        self._choices = [(path, found[path]) for path in self.names if found[path]]
        self.are_all = prod(len(sorts) for _, sorts in self._choices) <= MAX_CASES

    def __iter__(self) -> Iterator[Mapping[NamePath, Sort]]:
        paths = [path for path, _ in self._choices]
        for case in islice(product(*(sorts for _, sorts in self._choices)), MAX_CASES):
            yield dict(zip(paths, case, strict=True))


def _sorts(
    names: Sequence[NamePath], constraints: Sequence[Constraint], kinds: Kinds
) -> Mapping[NamePath, tuple[Sort, ...]]:
    used: dict[NamePath, dict[Sort, None]] = {path: {} for path in names}
    nullable: set[NamePath] = set()
    perhaps: dict[NamePath, Sort] = {}
    groups = _Groups()
    for each in constraints:
        uses = uses_of(each)
        for path, sort in uses.sorts:
            used.setdefault(path, {})[sort] = None
        for one, other in uses.alike:
            groups.join(one, other)
        nullable.update(uses.nullable)
        perhaps.update(uses.perhaps)
    for path in list(used):
        used.setdefault(groups.root(path), {}).update(used[path])
    for path, sort in perhaps.items():
        if not used[groups.root(path)]:
            used[groups.root(path)][sort] = None
    roots = {path: groups.root(path) for path in names}
    found: dict[NamePath, tuple[Sort, ...]] = {}
    for path in names:
        found[path] = tuple(used[roots[path]]) or (ANY,)
    return _completed(found, nullable, kinds)


def _completed(
    found: dict[NamePath, tuple[Sort, ...]], nullable: set[NamePath], kinds: Kinds
) -> Mapping[NamePath, tuple[Sort, ...]]:
    """With null, contexts around paths, and what the kinds say."""
    ready: dict[NamePath, tuple[Sort, ...]] = {}
    prefixes = {path[:size] for path in found for size in range(1, len(path))}
    for path, sorts in found.items():
        outer = [path[:size] for size in range(1, len(path)) if path[:size] in found]
        if any(not _INSIDE.intersection(found[each]) and _is_scalar(found[each]) for each in outer):
            ready[path] = ()
            continue
        known = ("context",) if path in prefixes and not _is_scalar(sorts) else sorts
        if path in kinds:
            known = _of_kinds(known, kinds[path])
        elif path in nullable or nullable.intersection(outer):
            known = (*known, NULL)
        ready[path] = tuple(dict.fromkeys(known))
    return ready


def _is_scalar(sorts: tuple[Sort, ...]) -> bool:
    return bool(sorts) and all(sort not in (ANY, "string", NULL, *_INSIDE) for sort in sorts)


def _of_kinds(sorts: tuple[Sort, ...], kinds: frozenset[str]) -> tuple[Sort, ...]:
    """The sorts of given kinds: as used, where they are."""
    used = [sort for sort in sorts if kind_of_sort(sort) in kinds]
    rest = sorted(kinds - {kind_of_sort(sort) for sort in used})
    return (*used, *rest)


class _Groups:
    """Names that are of one sort, for they are compared."""

    def __init__(self) -> None:
        self._above: dict[NamePath, NamePath] = {}

    def root(self, path: NamePath) -> NamePath:
        """The name that stands for the group."""
        while (above := self._above.get(path, path)) != path:
            path = above
        return path

    def join(self, one: NamePath, other: NamePath) -> None:
        """Put two names into one group."""
        self._above[self.root(other)] = self.root(one)
