"""Texts as numbers in the same order, where names of texts are compared with each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from pytest_orchestra.expressions.solving.formulas import Limit
from pytest_orchestra.expressions.solving.picking import picked
from pytest_orchestra.expressions.solving.spans import Span

_Key = TypeVar("_Key")


class TextRanks:
    """The texts that limit spans, numbered in their order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        limits = (limit for span in spans for limit in (span.low, span.high, *span.without))
        known = sorted({limit for limit in limits if isinstance(limit, str)})
        self._rank = {text: Fraction(rank) for rank, text in enumerate(known, 1)}

    def of(self, limit: Limit) -> Fraction:
        """The rank of a text; a number stays."""
        return self._rank[limit] if isinstance(limit, str) else limit

    def texts(self, ranks: Mapping[_Key, Fraction]) -> Mapping[_Key, str]:
        """Texts in the order of ranks; those of known texts are these.

        Raises:
            ValueError: no text was found between others.
        """
        found: dict[Fraction, str] = {rank: text for text, rank in self._rank.items()}
        for rank in sorted(set(ranks.values()) - found.keys()):
            below = [text for at, text in found.items() if at < rank]
            above = [text for at, text in found.items() if at > rank]
            span = Span(max(below, default=None), min(above, default=None))
            text = picked(span, "string")
            if text is None:
                raise ValueError(rank)
            found[rank] = str(text)
        if not all(found[one] < found[other] for one, other in pairwise(sorted(found))):
            raise ValueError(ranks)
        return {key: found[rank] for key, rank in ranks.items()}
