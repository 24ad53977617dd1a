"""Systems that break what assertions are for: order, exactly once, nothing for others."""

from collections.abc import Callable, Sequence

import pytest

Write = Callable[..., None]
Sent = Sequence[tuple[float, dict[str, object]]]

SYSTEM = """
import asyncio

import pytest_orchestra as orchestra
from pytest_orchestra.spi import Call, Statement

TASKS = []


def call(value):
    if {channel!r} == "db":
        text = "insert into event (type, tenant) values ($1, $2)"
        return Call(fields={{"sql": Statement(text=text, values=(value["type"], value["tenant"]))}})
    place = {{"kafka": "topic", "queue": "queue"}}[{channel!r}]
    return Call(fields={{place: "events", "key": "order-1", "value": value}})


@orchestra.step("Placed", alias="system")
async def begin(orchestra_clients):
    client = await orchestra_clients.get({channel!r}, "main")
    if {channel!r} == "db":
        text = "create table if not exists event (type text, tenant text)"
        await client.act(Call(fields={{"sql": Statement(text=text)}}))


@orchestra.step("Check order")
async def system(orchestra_clients):
    client = await orchestra_clients.get({channel!r}, "main")

    async def send(after, value):
        await asyncio.sleep(after)
        await client.act(call(value))

    TASKS.extend(asyncio.create_task(send(*each)) for each in {sent!r})
"""
PLACES = {
    "kafka": "{channel: kafka, topic: events, key: order-1}",
    "queue": "{channel: queue, queue: events, key: order-1}",
    "db": "{channel: db, sql: 'select type, tenant from event'}",
}
ORDERED = "{ordered: true, messages: [{value: {type: Placed}}, {value: {type: Paid}}], within: 3s}"
ONCE = "{value: {type: Paid}, count: 1, stable_for: 1500ms, within: 10s}"
NOBODY = "{value: {tenant: other}, absent: true, within: 1s}"


def event(kind: str, tenant: str = "own") -> dict[str, object]:
    return {"type": kind, "tenant": tenant}


@pytest.fixture
def judge(shop: pytest.Pytester, write: Write) -> Callable[..., pytest.RunResult]:
    """Run a system that sends something, and one assertion on it."""

    def run(channel: str, sent: Sent, expect: str) -> pytest.RunResult:
        write(
            orchestra__environments__yaml=f"local: {{{channel}: {{main: {{embedded: true}}}}}}\n",
            shop_steps__py=SYSTEM.format(channel=channel, sent=list(sent)),
            order__suite__yaml=(
                "process: order.bpmn\npython: shop_steps.py\nsteps:\n"
                f"  - {{at: Ship order, assertion: {PLACES[channel]}, expect: {expect}}}\n"
            ),
        )
        return shop.runpytest("-k", "main", "-W", "ignore", "-p", "no:randomly")

    return run


STREAMS = pytest.mark.parametrize("channel", ["kafka", "queue"])
ALL = pytest.mark.parametrize("channel", ["kafka", "queue", "db"])


@STREAMS
def test_events_of_one_order_arrive_in_their_order(
    judge: Callable[..., pytest.RunResult], channel: str
) -> None:
    """A system that mixes them up is told so, with where the early one was."""
    right = [(0.0, event("Placed")), (0.3, event("Paid"))]
    judge(channel, right, ORDERED).assert_outcomes(passed=1, deselected=1)
    wrong = [(0.0, event("Paid")), (0.3, event("Placed"))]
    result = judge(channel, wrong, ORDERED)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*message 2 of 2 came before message 1: events*, then events*, both of key 'order-1'"]
    )


@ALL
def test_an_event_comes_exactly_once(judge: Callable[..., pytest.RunResult], channel: str) -> None:
    """A duplicate that comes 800 ms later is seen."""
    judge(channel, [(0.1, event("Paid"))], ONCE).assert_outcomes(passed=1, deselected=1)
    result = judge(channel, [(0.1, event("Paid")), (0.9, event("Paid"))], ONCE)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*exactly 1 expected, 2 *"])


@ALL
def test_nothing_comes_for_another_tenant(
    judge: Callable[..., pytest.RunResult], channel: str
) -> None:
    """One event of theirs is shown."""
    own = [(0.1, event("Paid"))]
    judge(channel, own, NOBODY).assert_outcomes(passed=1, deselected=1)
    result = judge(channel, [*own, (0.4, event("Paid", "other"))], NOBODY)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*'tenant': 'other'*"])
