"""What a condition may be where some of its names have no value: such a name may be anything.

What is known may decide an ``and``, ``or`` or ``if`` all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from pytest_orchestra.expressions.conditions.evaluation import Evaluation, Missing
from pytest_orchestra.expressions.conditions.java import JavaEvaluation, truth
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import (
    And,
    If,
    Loop,
    Name,
    Not,
    Or,
    Tree,
    children,
)

Truths = frozenset[bool | None]
"""Truth values of which it has one."""

_UNKNOWN: Truths = frozenset({True, False})


class PartialEvaluation:
    """Judges trees in which names may be missing.

    Args:
        kind: how the language judges what has no missing name.
        values: the values of the others.
    """

    def __init__(self, kind: type[Evaluation], values: Mapping[str, object]) -> None:
        self._kind = kind
        self._values = values

    def truths(self, tree: Tree) -> Truths:
        """The truth values that a tree may have; in FEEL what is no boolean is null.

        Raises:
            Refused: engines disagree about its value, whatever the missing names are.
        """
        match tree:
            case And(operands=operands):
                return self._joined(operands, ends=False)
            case Or(operands=operands):
                return self._joined(operands, ends=True)
            case Not(of=of):
                return frozenset(None if a is None else not a for a in self.truths(of))
            case If(test=test, then=then, otherwise=otherwise):
                ways = {then if each else otherwise for each in self.truths(test)}
                return frozenset().union(*map(self.truths, ways))
        return self._whole(tree)

    def _whole(self, tree: Tree) -> Truths:
        """Those of a tree in which a missing name decides nothing by itself."""
        try:
            value = self._kind(self._values).value(tree)
        except Missing:
            return _UNKNOWN
        if issubclass(self._kind, JavaEvaluation):
            return frozenset({truth(value)})
        return frozenset({value if isinstance(value, bool) else None})

    def _joined(self, operands: tuple[Tree, ...], *, ends: bool) -> Truths:
        """What operands are together; none is looked at behind the one that ends it.

        One that is refused is never looked at where what is unknown before it ends it.
        """
        found: Truths = frozenset({not ends})
        for operand in operands:
            try:
                more = self.truths(operand)
            except Refused:
                if ends not in found:
                    raise
                return frozenset({ends})
            found = frozenset(_joint(pair, ends=ends) for pair in product(found, more))
            if found == {ends}:
                break
        return found


def _joint(pair: tuple[bool | None, ...], *, ends: bool) -> bool | None:
    if ends in pair:
        return ends
    return None if None in pair else not ends


def all_names(tree: Tree) -> frozenset[str]:
    """Every name that a tree may read; those within a filter may also be keys of its items."""
    found: set[str] = set()
    rest: list[Tree | Loop] = [tree]
    while rest:
        part = rest.pop()
        if isinstance(part, Name):
            found.add(part.name)
        rest.extend(children(part))
    return frozenset(found)
