"""Ids and the references to them, by the rules that real files need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.model import ElementId

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pytest_orchestra.importers.bpmn.reader import RawElement


def spellings(reference: str) -> Iterator[str]:
    """The ids that a QName may mean: itself, without white space, without its prefix."""
    yield reference
    plain = reference.strip()
    yield plain
    yield plain.partition(":")[2]


def find(reference: str, known: Container[str]) -> ElementId | None:
    """The id among ``known`` that a QName means."""
    if reference in known:
        return ElementId(reference)
    found = (ElementId(name) for name in spellings(reference) if name and name in known)
    return next(found, None)


def find_exit(
    node: str, reference: str, exits: Mapping[tuple[str, str], ElementId]
) -> ElementId | None:
    """The flow out of ``node`` that a QName means; ``exits`` by source and id as written."""
    found = (exits[node, name] for name in spellings(reference) if (node, name) in exits)
    return next(found, None)


class Ids:
    """Gives each element of one kind an id of its own.

    Args:
        raws: the elements that will ask, so that nothing is invented that one of them has.
    """

    def __init__(self, raws: Iterable[RawElement] = ()) -> None:
        self._given = frozenset(raw.attributes.get("id", "") for raw in raws)
        self._used: dict[str, int] = {}
        self.taken: set[ElementId] = set()

    def give(self, raw: RawElement) -> ElementId:
        """The element's own id, made unique, or ``userTask-1`` where it has none."""
        own = raw.attributes.get("id", "")
        return self.unique(own) if own else self._invent(raw.type.name)

    def unique(self, base: str) -> ElementId:
        """``base``; the second time ``base#2``, and so on."""
        number = self._used.get(base, 0) + 1
        name = ElementId(base if number == 1 else f"{base}#{number}")
        while name in self.taken:
            number += 1
            name = ElementId(f"{base}#{number}")
        self._used[base] = number
        self.taken.add(name)
        return name

    def _invent(self, kind: str) -> ElementId:
        counter = f"{kind}-"
        number = self._used.get(counter, 0) + 1
        while f"{kind}-{number}" in self._given:
            number += 1
        self._used[counter] = number
        return self.unique(f"{kind}-{number}")
