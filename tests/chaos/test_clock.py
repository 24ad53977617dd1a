"""A wall clock that jumps while scenarios run."""

from collections.abc import Callable
from typing import Any

import pytest

Chaos = Callable[..., Any]
Server = Any

STEPS = """
- at: Check order
  when: Way?/w1
  action: {channel: http, endpoint: shop POST /clock/DEED, input: {body: {after: 0.5}}}
- at: Check order
  action:
    channel: http
    endpoint: shop POST /redis/send
    input: {body: {after: 3, key: "{{run.id}}", value: late}}
- at: T0
  name: it stays away
  assertion: {channel: queue}
  expect: {value: never, absent: true, within: 1s}
- {at: T1, name: it comes, assertion: {channel: queue}, expect: {within: 20s}}
- {at: T2, name: too late, assertion: {channel: queue}, expect: {within: 2s}}
"""


@pytest.mark.parametrize(
    ("deed", "options"),
    [("forward", ("-n", "2")), ("backward", ("--orchestra-concurrency=20",))],
)
def test_a_clock_that_jumps_an_hour_changes_nothing(
    chaos: Chaos, clock: Server, redis_server: Server, deed: str, options: tuple[str, ...]
) -> None:
    """Deadlines, durations and what is told of lateness go by another clock."""
    shop = chaos(redis=redis_server, clock=clock)
    told = shop.run(STEPS.replace("DEED", deed), *options, ways=3, **clock.variables)
    assert shop.system.done.count(f"clock/{deed}") == 1
    assert told.runs() == {"main": "PASSED", "way-w1": "PASSED", "way-w2": "FAILED"}
    assert "not met within 2 s, but " in told.of("too late")
    assert all(0 <= step["duration_ms"] < 60_000 for step in told.steps())
