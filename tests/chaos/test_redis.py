"""A Redis that is restarted, with and without its data, or hangs while scenarios run."""

from collections.abc import Callable
from typing import Any

Chaos = Callable[..., Any]
Server = Any
ALL_AT_ONCE = "--orchestra-concurrency=20"

RESTARTED = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, name: over it, assertion: {channel: queue}, expect: {absent: true, within: 10s}}
- {at: Check order, when: Way?/w2, action: {channel: queue, value: before}}
- {at: T2, action: {channel: http, endpoint: shop POST /redis/kill}}
- at: T2
  action: {channel: http, endpoint: shop POST /redis/start, input: {body: {after: 7}}}
- at: T2
  action:
    channel: http
    endpoint: shop POST /redis/send
    input: {body: {after: 8, key: "{{run.id}}", value: after}}
- at: T2
  name: both come
  assertion: {channel: queue}
  expect: {messages: [{value: before}, {value: after}], within: 20s}
- {at: T3, name: too short, assertion: {channel: queue}, expect: {absent: true, within: 2s}}
"""

HANGING = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, action: {channel: http, endpoint: shop POST /redis/pause}}
- at: T1
  action: {channel: http, endpoint: shop POST /redis/resume, input: {body: {after: 8}}}
- {at: T1, name: too short, assertion: {channel: queue}, expect: {absent: true, within: 500ms}}
- {at: T2, name: long enough, assertion: {channel: queue}, expect: {absent: true, within: 12s}}
- {at: T3, name: send, action: {channel: queue, value: 1}, expect: {within: 20s}}
- {at: U3, name: it comes, assertion: {channel: queue}}
"""

TRIMMED = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- at: T1
  action: {channel: http, endpoint: shop POST /redis/trim, input: {body: {key: other, value: x}}}
- at: T1
  name: it stays away
  assertion: {channel: queue}
  expect: {absent: true, within: 200ms}
- {at: T2, name: later, assertion: {channel: queue}, expect: {absent: true, within: 200ms}}
"""

DROPPED = """
- at: Check order
  action:
    channel: http
    endpoint: shop POST /redis/send
    input: {body: {after: 3, key: "{{run.id}}", value: 1}}
- {at: T0, action: {channel: http, endpoint: shop POST /redis/drop, input: {body: {after: 1}}}}
- {leaving: order, name: it comes once, assertion: {channel: queue}, expect: {count: 1}}
"""


def test_a_server_that_comes_back_without_its_data_is_no_proof_of_absence(
    chaos: Chaos, redis_server: Server
) -> None:
    """What was sent meanwhile may have been lost with it; what comes is seen."""
    shop = chaos(redis=redis_server)
    told = shop.run(RESTARTED, ALL_AT_ONCE)
    assert shop.system.failed == []
    expected = {"main": "PASSED", "way-w1": "FAILED", "way-w2": "PASSED", "way-w3": "FAILED"}
    assert told.runs() == expected
    assert "it is not known what came to parcels: the server was restarted" in told.of("over it")
    assert f"Redis at {redis_server.address} cannot be reached" in told.of("too short")
    assert "connection: queue 'main' of local (orchestra.environments.yaml:3:17)" in told.text


def test_a_server_that_comes_back_with_its_data_is_read_on(
    chaos: Chaos, keeping_redis: Server
) -> None:
    """Nothing can have been missed."""
    keeping_redis.send({"key": "first", "value": "1"})
    told = chaos(redis=keeping_redis).run(RESTARTED, ALL_AT_ONCE)
    passed = dict.fromkeys(("main", "way-w1", "way-w2"), "PASSED")
    assert told.runs() == {**passed, "way-w3": "FAILED"}


def test_a_server_that_hangs_is_told_and_waited_for(chaos: Chaos, redis_server: Server) -> None:
    """Connections are kept, so that nothing but the missing answer tells of it."""
    told = chaos(redis=redis_server).run(HANGING, ALL_AT_ONCE)
    passed = dict.fromkeys(("main", "way-w2", "way-w3"), "PASSED")
    assert told.runs() == {**passed, "way-w1": "FAILED"}
    assert f"Redis at {redis_server.address} gave no answer in time" in told.of("too short")


def test_what_was_trimmed_unread_is_told_to_those_who_waited(
    chaos: Chaos, redis_server: Server
) -> None:
    """Scenarios that begin later have missed nothing."""
    told = chaos(redis=redis_server).run(TRIMMED, ways=3)
    assert told.runs() == {"main": "PASSED", "way-w1": "FAILED", "way-w2": "PASSED"}
    assert "9 entries were trimmed or deleted before they were read" in told.of("it stays away")


def test_connections_that_are_dropped_are_made_anew_by_every_worker(
    chaos: Chaos, redis_server: Server
) -> None:
    """With effects under way; no verdict changes."""
    told = chaos(redis=redis_server).run(DROPPED, "-n", "2", ALL_AT_ONCE)
    assert told.runs() == dict.fromkeys(("main", "way-w1", "way-w2", "way-w3"), "PASSED")
