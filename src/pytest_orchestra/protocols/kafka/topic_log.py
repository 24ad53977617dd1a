"""How far a topic is read, and how reading goes on when partitions come or the topic goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Mark, Place
from pytest_orchestra.protocols.kafka.messages import arrival
from pytest_orchestra.results import JsonLike

if TYPE_CHECKING:
    from pytest_orchestra.protocols.kafka.messages import Record

GONE_AFTER = 3
"""Looks that do not find a topic before it counts as deleted: brokers do not learn at once."""
LOOKS_APART = 1.0
"""Seconds between two looks that count."""


@dataclass(slots=True, eq=False)
class TopicLog:
    """One topic's reading.

    Attributes:
        next: by partition the offset to be read next; empty: there is no such topic now.
        era: how often the topic was made anew; offsets of two eras do not compare.
        trouble: what is wrong with this topic alone.
        is_closed: reading it was given up: it is forbidden, or has messages that cannot be read.
    """

    place: Place
    next: dict[int, int] = field(default_factory=dict)
    era: int = 0
    trouble: ConnectorError | None = None
    is_closed: bool = False
    _unknown: int = 0
    _unknown_at: float = 0.0

    def mark(self, number: int, ends: Mapping[int, int]) -> Mark:
        """Give the position at ``ends``; partitions that come later count from their start."""
        era = self.era

        def counts(order: object) -> bool:
            match order:
                case (int(arrived_in), int(partition), int(offset)):
                    return arrived_in > era or (
                        arrived_in == era and offset >= ends.get(partition, 0)
                    )
            return False

        kept = {str(partition): offset for partition, offset in ends.items()}
        gaps = self.place.gaps
        return Mark(place=self.place, number=number, counts=counts, gaps=gaps, kept=kept)

    def is_known(self, partitions: Iterable[int]) -> bool:
        """Take note that the topic has ``partitions``; say whether all were read before."""
        self._unknown = 0
        before = len(self.next)
        self.next = dict.fromkeys(partitions, 0) | self.next
        return len(self.next) == before

    def is_gone(self, now: float) -> bool:
        """Take note that the topic was not found; say whether that means that it was deleted."""
        if not self.next or now - self._unknown_at < LOOKS_APART:
            return False
        self._unknown, self._unknown_at = self._unknown + 1, now
        return self._unknown >= GONE_AFTER

    def begin_anew(self, starts: Mapping[int, int]) -> None:
        """Go on with another topic of the same name, from ``starts`` on."""
        self.place.miss(f"the topic {self.place.name} was deleted or made anew meanwhile")
        self.era += 1
        self._unknown = 0
        self.next = dict(starts)

    def skip(self, partition: int, start: int) -> None:
        """Go on at ``start``: what lay before it is no longer there."""
        missed = start - self.next[partition]
        self.place.miss(
            f"{missed} messages of partition {partition} were deleted before they were read"
        )
        self.next[partition] = start

    def take_in(self, records: Iterable[Record], most: int) -> None:
        """Hand on what was read; what was handed on before the last assignment is left out."""
        for record in records:
            if record.offset < self.next.get(record.partition, 0):
                continue
            self.next[record.partition] = record.offset + 1
            self.place.add(arrival(record, self.era, most))


def kept_ends(
    kept: JsonLike, *, starts: Mapping[int, int], ends: Mapping[int, int]
) -> Mapping[int, int]:
    """The offsets of a position that an earlier session kept; of partitions that came since: 0.

    Args:
        kept: offsets by partition.
        starts: the first offsets that are there now.
        ends: the next ones.

    Raises:
        ValueError: it is none, or messages behind it are gone; the text says so.
    """
    if not isinstance(kept, Mapping):
        message = "it is no position of a topic"
        raise ValueError(message)  # noqa: TRY004 - what a file says, not what a caller gave
    then = {int(str(partition)): int(str(offset)) for partition, offset in kept.items()}
    for partition, offset in then.items():
        where = f"partition {partition}"
        if ends.get(partition, -1) < offset:
            message = f"offset {offset} of {where} does not exist: the topic was made anew"
            raise ValueError(message)
        if (first := starts.get(partition, 0)) > offset:
            message = f"{where} begins at offset {first} now, after {offset}"
            raise ValueError(message)
    return {**dict.fromkeys(ends, 0), **then}
