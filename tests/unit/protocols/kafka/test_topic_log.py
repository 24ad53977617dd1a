"""How far a topic is read."""

import pytest
from aiokafka import ConsumerRecord

from pytest_orchestra.protocols.arrivals import Place
from pytest_orchestra.protocols.kafka.topic_log import (
    GONE_AFTER,
    LOOKS_APART,
    TopicLog,
    kept_ends,
)


def records(*offsets: int, partition: int = 0) -> "list[ConsumerRecord[bytes, bytes]]":
    return [
        ConsumerRecord("t", partition, offset, 0, 0, None, b"", None, 0, 0, ())
        for offset in offsets
    ]


def log(**next_offsets: int) -> TopicLog:
    return TopicLog(
        Place("t", "kafka"), next={int(name[1:]): value for name, value in next_offsets.items()}
    )


def orders(reading: TopicLog) -> list[object]:
    return [one.order for one in reading.place.since(0)]


def test_what_was_read_before_an_assignment_is_not_taken_in_twice() -> None:
    reading = log(p0=5)
    reading.take_in(records(4, 5, 6), most=1)
    reading.take_in(records(6, 7), most=1)

    assert orders(reading) == [(0, 0, 5), (0, 0, 6), (0, 0, 7)]
    assert reading.next == {0: 8}


def test_a_position_counts_from_the_ends_and_new_partitions_from_their_start() -> None:
    mark = log(p0=5).mark(3, {0: 5})

    assert mark.number == 3
    assert [mark.counts((0, 0, offset)) for offset in (4, 5)] == [False, True]
    assert mark.counts((0, 1, 0))
    assert mark.counts((1, 0, 0))
    assert not mark.counts("something else")


def test_a_position_of_a_later_era_does_not_count_earlier_offsets() -> None:
    reading = log(p0=5)
    reading.begin_anew({0: 0})
    mark = reading.mark(0, {0: 1})

    assert [mark.counts(order) for order in ((0, 0, 9), (1, 0, 0), (1, 0, 1))] == [
        False,
        False,
        True,
    ]


def test_partitions_that_come_later_are_read_from_their_start() -> None:
    reading = log(p0=5)

    assert reading.is_known([0])
    assert not reading.is_known([0, 1])
    assert reading.next == {0: 5, 1: 0}


def test_a_topic_is_gone_when_it_was_not_found_for_a_while() -> None:
    """Looks in quick succession count once, and a topic that is found again was not gone."""
    reading = log(p0=5)
    times = [10 * LOOKS_APART + number * LOOKS_APART for number in range(GONE_AFTER)]

    assert [reading.is_gone(time) for time in times for _ in range(2)][:-2] == [False] * (
        2 * GONE_AFTER - 2
    )
    reading.is_known([0])
    assert not reading.is_gone(times[-1] + LOOKS_APART)
    assert [reading.is_gone(times[-1] + n * LOOKS_APART) for n in (2, 3)] == [False, True]


def test_a_topic_that_never_was_cannot_go() -> None:
    assert not log().is_gone(1e9)


def test_messages_that_went_before_they_were_read_are_noted() -> None:
    reading = log(p0=5)
    reading.skip(0, 8)

    assert reading.next == {0: 8}
    assert reading.place.gap == ("3 messages of partition 0 were deleted before they were read")


def test_a_position_that_was_kept_is_found_again() -> None:
    kept = log(p0=5).mark(0, {0: 5, 1: 0}).kept
    assert kept == {"0": 5, "1": 0}
    assert kept_ends(kept, starts={0: 5, 1: 0, 2: 0}, ends={0: 9, 1: 0, 2: 4}) == {0: 5, 1: 0, 2: 0}


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"0": 10}, "offset 10 of partition 0 does not exist: the topic was made anew"),
        ({"7": 0}, "offset 0 of partition 7 does not exist"),
        ({"0": 3}, "partition 0 begins at offset 4 now, after 3"),
        ([5], "it is no position of a topic"),
    ],
)
def test_a_position_that_is_gone_is_told(kept: object, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}"):
        kept_ends(kept, starts={0: 4}, ends={0: 9})
