"""How far a stream is read."""

import pytest

from pytest_orchestra.protocols.arrivals import Place
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.stream_log import (
    NOTHING,
    StreamLog,
    StreamState,
    kept_state,
)

CONNECTION = QueueConnection(url="redis://h")


def state(last: int, first: int | None, length: int, added: int | None) -> StreamState:
    return StreamState(
        last=b"%d-0" % last,
        latest=b"%d-0" % last if length else NOTHING,
        first=None if first is None else b"%d-0" % first,
        length=length,
        added=added,
    )


def reading(last: int, added: int | None, read: int = 0) -> StreamLog:
    """A log that began at ``last`` and has read so many since."""
    log = StreamLog.begin(Place("parcels", "queue"), state(last, None, 0, added))
    log.take_in(
        [(b"%d-0" % (last + number + 1), {b"v": b""}) for number in range(read)], CONNECTION
    )
    return log


def test_a_position_counts_what_comes_after_it() -> None:
    mark = reading(5, 0).mark(3, StreamState(last=b"5-1", added=7))

    assert mark.number == 3
    assert [
        mark.counts(order) for order in ((0, 5, 1), (0, 5, 2), (0, 6, 0), (1, 1, 0), "odd")
    ] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_position_that_was_kept_is_found_again() -> None:
    now = state(9, 3, 7, 9)
    kept = reading(5, 0).mark(0, state(5, None, 0, 5)).kept
    assert kept_state(kept, now).last == b"5-0"
    assert kept_state({"last": "5-0", "added": None}, state(9, 6, 4, None)).last == b"5-0"
    assert kept_state(kept, state(9, 6, 4, 9)).added == 5


@pytest.mark.parametrize(
    ("kept", "now", "why"),
    [
        ({"last": "5-0", "added": 5}, state(9, 8, 2, 9), "2 entries that came after it were tr"),
        ({"last": "5-0", "added": 5}, state(3, 1, 3, 3), "the stream ends at 3-0 now: it was made"),
        ({"last": "5-0", "added": 5}, StreamState(), "the stream ends at 0-0 now: it was made"),
        ({"last": 5}, state(9, 8, 2, 9), "it is no position of a stream"),
        ("5-0", state(9, 8, 2, 9), "it is no position of a stream"),
    ],
)
def test_a_position_that_is_gone_is_told(kept: object, now: StreamState, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}"):
        kept_state(kept, now)


def test_reading_goes_on_behind_what_was_read() -> None:
    log = reading(5, 0, read=2)

    assert log.last == b"7-0"
    assert [one.order for one in log.place.since(0)] == [(0, 6, 0), (0, 7, 0)]


def test_nothing_is_missed_where_all_that_was_added_was_read() -> None:
    log = reading(5, added=9, read=2)
    log.count_missed(state(last=7, first=1, length=7, added=11))

    assert log.place.gap == ""


def test_entries_that_went_before_they_were_read_are_noted() -> None:
    """Those that are there and not read yet are not among them."""
    log = reading(5, added=9, read=2)
    log.count_missed(state(last=20, first=18, length=3, added=9 + 2 + 10 + 3))

    assert log.place.gap == "10 entries were trimmed or deleted before they were read"


def test_entries_that_went_are_noted_where_none_is_left() -> None:
    log = reading(5, added=9)
    log.count_missed(state(last=20, first=None, length=0, added=12))

    assert log.place.gap == "3 entries were trimmed or deleted before they were read"


def test_nothing_is_counted_while_entries_are_on_their_way() -> None:
    log = reading(5, added=9)
    log.count_missed(state(last=7, first=1, length=7, added=100))

    assert log.place.gap == ""


def test_a_stream_that_was_made_anew_is_counted_from_there() -> None:
    log = reading(5, added=9, read=2)
    log.count_missed(state(last=6, first=6, length=1, added=1))
    assert log.place.gap == ""
    assert (log.last, log.era) == (NOTHING, 1)
    log.take_in([(b"6-0", {}), (b"8-0", {})], CONNECTION)
    log.count_missed(state(last=10, first=10, length=1, added=5))

    assert log.place.gap == "2 entries were trimmed or deleted before they were read"


@pytest.mark.parametrize(
    ("log", "now", "gaps"),
    [
        (reading(5, added=9, read=2), state(last=7, first=1, length=7, added=11), 0),
        (reading(5, added=9, read=2), state(last=9, first=9, length=1, added=13), 0),
        (reading(5, added=None, read=2), state(last=9, first=7, length=3, added=None), 0),
        (reading(5, added=9, read=2), state(last=9, first=9, length=1, added=1), 1),
        (reading(5, added=None, read=2), state(last=9, first=9, length=1, added=None), 1),
        (reading(5, added=9, read=2), state(last=6, first=6, length=1, added=20), 1),
        (reading(5, added=9, read=2), StreamState(), 1),
        (StreamLog(Place("parcels", "queue"), last=NOTHING), StreamState(), 1),
    ],
)
def test_a_server_that_was_restarted_must_have_the_stream_still(
    log: StreamLog, now: StreamState, gaps: int
) -> None:
    """Where that cannot be proved, something may be lost."""
    log.go_on(now)

    assert log.place.gaps == gaps


def test_a_server_that_does_not_count_is_not_asked() -> None:
    """Redis before 7."""
    log = reading(5, added=None)
    log.count_missed(state(last=20, first=18, length=3, added=None))

    assert log.place.gap == ""


def test_a_state_is_read_from_the_answer_of_the_server() -> None:
    answer = {
        "last-generated-id": b"7-0",
        "first-entry": (b"3-0", {}),
        "length": 2,
        "entries-added": 9,
    }
    assert StreamState.of({**answer, "last-entry": (b"7-0", {})}) == state(7, 3, 2, 9)
    del answer["last-generated-id"]
    assert StreamState.of({**answer, "last-entry": (b"6-0", {})}).last == b"6-0"
    assert StreamState.of({}) == StreamState(last=NOTHING, first=None, length=0, added=None)
