"""Messages by the place they arrived at, and watches that their arrival wakes."""

import asyncio
from collections.abc import Sequence

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import (
    Arrival,
    ArrivalWatch,
    Mark,
    Patience,
    Place,
    Selection,
    end,
)
from pytest_orchestra.protocols.arrivals.place import MOST_KEPT, MOST_KEPT_BYTES
from pytest_orchestra.protocols.arrivals.watch import MOST_PASSED_BY
from pytest_orchestra.protocols.payloads import PayloadError
from pytest_orchestra.spi import SURE_WITHIN, Call, Observation

SHORT = 0.01


def arrival(
    number: int,
    key: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
    size: int = 1,
    at: float | None = None,
) -> Arrival:
    """A message whose order and id are ``number``."""
    return Arrival(
        order=number,
        key=key,
        headers=headers,
        size=size,
        at=at,
        read=lambda: Observation(id=str(number)),
    )


def watch_from(place: Place, selection: Selection | None = None, after: int = -1) -> ArrivalWatch:
    """A watch armed now; arrivals whose order is larger than ``after`` count."""
    mark = Mark(
        place=place,
        number=place.count,
        counts=lambda order: isinstance(order, int) and order > after,
        gaps=place.gaps,
    )

    async def take(_: float) -> Mark:
        return mark

    return ArrivalWatch(selection or Selection(), mark, take)


async def no_mark(_: float) -> Mark:
    """Nothing is armed late here."""
    raise AssertionError


def ids(seen: Sequence[Observation]) -> list[str]:
    return [one.id for one in seen]


def test_a_place_gives_what_arrived_since_a_number_also_by_key() -> None:
    place = Place("orders", "queue")
    for number, key in enumerate(["a", "b", "a", None]):
        place.add(arrival(number, key))

    assert [one.order for one in place.since(1)] == [1, 2, 3]
    assert [one.order for one in place.since(1, "a")] == [2]
    assert place.since(0, "nobody's") == []
    assert place.since(4) == []


def test_a_place_forgets_the_oldest_of_too_many() -> None:
    place = Place("orders", "queue")
    watch = watch_from(place)
    for number in range(MOST_KEPT + 2):
        place.add(arrival(number, str(number)))

    assert place.dropped == 2
    assert place.count == MOST_KEPT + 2
    assert place.since(0)[0].order == 2
    assert place.since(0, "1") == []
    assert "2 older ones are forgotten" in watch.seen()


def test_a_place_forgets_the_oldest_of_too_large_ones() -> None:
    """The latest stays, however large it is."""
    place = Place("orders", "queue")
    for number in range(3):
        place.add(arrival(number, size=MOST_KEPT_BYTES))

    assert [one.order for one in place.since(0)] == [2]


@pytest.mark.asyncio
async def test_a_look_gives_what_arrived_since_the_last_one() -> None:
    """What was there at the arming, or lies before the position, is not given."""
    place = Place("orders", "queue")
    place.add(arrival(0))
    watch = watch_from(place, after=1)
    place.add(arrival(1))
    place.add(arrival(2))

    assert ids(await watch.look(SHORT)) == ["2"]
    assert ids(await watch.look(SHORT)) == []
    place.add(arrival(3))
    assert ids(await watch.look(SHORT)) == ["3"]


@pytest.mark.asyncio
@pytest.mark.parametrize("key", [None, "a"])
async def test_an_arrival_wakes_a_look_that_waits_for_it(key: str | None) -> None:
    place = Place("orders", "queue")
    looking = asyncio.create_task(watch_from(place, Selection(key=key)).look(60))
    await asyncio.sleep(0)
    place.add(arrival(0, "b"))
    place.add(arrival(1, "a"))

    seen = await asyncio.wait_for(looking, 5)
    assert ids(seen) == (["1"] if key else ["0", "1"])


@pytest.mark.asyncio
async def test_an_arrival_of_another_header_does_not_end_a_look() -> None:
    place = Place("orders", "queue")
    looking = asyncio.create_task(watch_from(place, Selection(headers={"h": "1"})).look(60))
    await asyncio.sleep(0)
    place.add(arrival(0, headers=[("h", "2")]))
    await asyncio.sleep(0)
    place.add(arrival(1, headers=[("H", "0"), ("H", "1")]))

    assert ids(await asyncio.wait_for(looking, 5)) == ["1"]


@pytest.mark.asyncio
async def test_a_look_that_sees_nothing_tells_the_trouble_at_its_end() -> None:
    place = Place("orders", "queue")
    watch = watch_from(place)
    place.fail(ConnectorError("down", code="x.down", retriable=True))

    with pytest.raises(ConnectorError, match="down"):
        await watch.look(SHORT)
    place.add(arrival(0))
    assert ids(await watch.look(SHORT)) == ["0"]
    place.fail(None)
    assert ids(await watch.look(SHORT)) == []


@pytest.mark.asyncio
async def test_trouble_for_good_ends_a_look_at_once() -> None:
    place = Place("orders", "queue")
    looking = asyncio.create_task(watch_from(place).look(60))
    await asyncio.sleep(0)
    place.fail(ConnectorError("forbidden", code="x.forbidden"))

    with pytest.raises(ConnectorError, match="forbidden"):
        await asyncio.wait_for(looking, 5)


@pytest.mark.asyncio
async def test_a_look_that_would_see_nothing_has_all_read_first() -> None:
    """What was there and not read yet is given."""

    async def catch_up(_: float) -> None:
        place.add(arrival(0))

    place = Place("orders", "queue", catch_up=catch_up)
    assert ids(await watch_from(place).look(SHORT)) == ["0"]


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", [None, "down"])
async def test_a_look_that_cannot_be_sure_tells_why(trouble: str | None) -> None:
    """The trouble of the reading as a whole says more than that of the last question."""

    async def catch_up(within: float) -> None:
        asked.append(within)
        raise ConnectorError("no answer", code="x.timeout", retriable=True)

    asked: list[float] = []
    place = Place("orders", "queue", catch_up=catch_up)
    place.fail(ConnectorError(trouble, code="x.down", retriable=True) if trouble else None)
    with pytest.raises(ConnectorError, match=trouble or "no answer"):
        await watch_from(place).look(SHORT)
    assert max(asked) <= SURE_WITHIN


@pytest.mark.asyncio
async def test_a_trouble_that_is_over_by_then_is_not_told() -> None:
    async def catch_up(_: float) -> None:
        """All is well again."""

    place = Place("orders", "queue", catch_up=catch_up)
    place.fail(ConnectorError("down", code="x.down", retriable=True))
    assert await watch_from(place).look(SHORT) == []


@pytest.mark.asyncio
async def test_nothing_is_no_answer_where_messages_may_have_been_missed() -> None:
    """Since the arming: who arms later did not miss them."""
    place = Place("orders", "queue")
    early = watch_from(place)
    place.miss("2 were deleted")
    late = watch_from(place)

    with pytest.raises(ConnectorError, match="not known what came to orders: 2 were") as caught:
        await early.look(SHORT)
    assert (caught.value.code, caught.value.retriable) == ("queue.missed", True)
    assert await late.look(SHORT) == []
    place.add(arrival(0))
    assert ids(await early.look(SHORT)) == ["0"]


@pytest.mark.asyncio
async def test_nothing_is_no_answer_where_messages_were_forgotten_unseen() -> None:
    place = Place("orders", "queue")
    watch, other = watch_from(place, Selection(key="a")), watch_from(place, Selection(key="a"))
    for number in range(MOST_KEPT):
        place.add(arrival(number))
    assert await other.look(SHORT) == []
    place.add(arrival(MOST_KEPT))

    with pytest.raises(ConnectorError, match="1 were forgotten before they were looked at"):
        await watch.look(SHORT)
    assert await other.look(SHORT) == []


@pytest.mark.asyncio
async def test_a_watch_that_was_never_armed_looks_from_its_first_look() -> None:
    place = Place("orders", "queue")
    place.add(arrival(0))

    async def take(_: float) -> Mark:
        return Mark(place=place, number=place.count, counts=lambda _: True)

    watch = ArrivalWatch(Selection(), None, take)
    assert (watch.seen(), watch.passed_by()) == ("nothing was looked at yet", ())
    assert ids(await watch.look(SHORT)) == []
    place.add(arrival(1))
    assert ids(await watch.look(SHORT)) == ["1"]


def test_seen_counts_what_passed_by() -> None:
    place = Place("orders", "queue")
    place.add(arrival(0, "a", at=1.0))
    watch = watch_from(place, Selection(key="a", headers={"h": "1"}), after=1)
    assert watch.seen() == "no message on orders since the arming"
    place.add(arrival(1, "a", at=2.0))
    place.add(arrival(2, "b", at=3.0))
    assert watch.seen() == (
        "1 message on orders since the arming, at 00:00:03.000 UTC,"
        " 0 of them with key 'a' and h '1' (other keys: 'b')"
    )
    place.add(arrival(3, "a", headers=[("h", "1")], at=4.5))
    place.miss("2 were deleted")
    assert watch.seen() == (
        "2 messages on orders since the arming, from 00:00:03.000 UTC to 00:00:04.500 UTC,"
        " 1 of them with key 'a' and h '1'; 2 were deleted"
    )


def test_seen_names_a_few_keys_where_the_one_that_is_looked_for_is_missing() -> None:
    """The latest first; with headers alone there is none to miss."""
    place = Place("orders", "queue")
    watch = watch_from(place, Selection(key="a"))
    for number, key in enumerate(["b", "c", "d", None, "b", "e"]):
        place.add(arrival(number, key))
    assert watch.seen().endswith("0 of them with key 'a' (other keys: 'e', 'b', none and 2 more)")
    unkeyed = ArrivalWatch(
        Selection(headers={"h": "1"}), Mark(place=place, number=0, counts=lambda _: True), no_mark
    )
    assert unkeyed.seen().endswith("0 of them with h '1'")


def test_seen_gives_no_time_where_the_stream_does_not_say() -> None:
    place = Place("orders", "queue")
    watch = watch_from(place)
    place.add(arrival(0))

    assert watch.seen() == "1 message on orders since the arming"


def test_passed_by_gives_the_latest_that_were_not_selected() -> None:
    place = Place("orders", "queue")
    watch = watch_from(place, Selection(key="a"))
    for number in range(MOST_PASSED_BY + 5):
        place.add(arrival(number, "b"))
    place.add(arrival(99, "a"))

    assert ids(watch.passed_by()) == [str(number) for number in range(5, MOST_PASSED_BY + 5)]


def test_a_message_is_decoded_once() -> None:
    reads = []
    one = Arrival(
        order=0,
        key=None,
        headers=(),
        size=0,
        at=None,
        read=lambda: reads.append(1) or Observation(id="x"),
    )

    assert one.observe() is one.observe()
    assert reads == [1]


def test_a_selection_is_made_of_the_selectors_of_a_call() -> None:
    call = Call(fields={"key": 7, "headers": {"H": 1, "n": None}, "correlation_id": "c"})

    assert Selection.of(call, "X-Id") == Selection(key="7", headers={"h": "1", "x-id": "c"})
    assert Selection.of(Call(fields={"key": None}), "x") == Selection()


def test_a_selector_that_cannot_be_text_is_refused() -> None:
    with pytest.raises(PayloadError):
        Selection.of(Call(fields={"key": object()}), "x")


@pytest.mark.asyncio
async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same() -> None:
    """As one does whose wait_for meets the cancellation with a result, before Python 3.12."""
    lost = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append(1)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end([task])

    assert task.cancelled()


@pytest.mark.asyncio
async def test_patience_begins_anew_as_often_as_something_is_read() -> None:
    clock = asyncio.get_running_loop().time
    async with asyncio.timeout(5) as limit:
        patience = Patience(limit, 60)
        before = limit.when()
        patience.renew(7)
        patience.renew(7)
        assert limit.when() == before, "nothing more was read"
        patience.renew(8)
        after = limit.when()
        await asyncio.sleep(0)
    assert after is not None
    assert after > clock() + 50


@pytest.mark.asyncio
async def test_a_look_without_time_to_wait_gives_all_that_has_arrived() -> None:
    place = Place("orders", "kafka")
    watch = watch_from(place)

    async def read(_: float) -> None:
        place.add(arrival(2))

    place.catch_up = read
    place.add(arrival(1))
    assert ids(await watch.look(0)) == ["1", "2"]
