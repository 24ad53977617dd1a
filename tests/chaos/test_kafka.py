"""A broker that is restarted, hangs, or goes for good while scenarios run."""

from collections.abc import Callable
from typing import Any

import pytest

Chaos = Callable[..., Any]
Server = Any
ALL_AT_ONCE = "--orchestra-concurrency=20"

RESTARTED = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, name: too short, assertion: {channel: kafka}, expect: {absent: true, within: 2s}}
- {at: Check order, when: Way?/w2, action: {channel: kafka, value: before}}
- {at: T2, action: {channel: http, endpoint: shop POST /kafka/DEED}}
- at: T2
  action: {channel: http, endpoint: shop POST /kafka/start, input: {body: {after: 1.5}}}
- at: T2
  action:
    channel: http
    endpoint: shop POST /kafka/send
    input: {body: {after: 1.6, key: "{{run.id}}", value: after}}
- at: T2
  name: both come
  assertion: {channel: kafka}
  expect: {messages: [{value: before}, {value: after}], within: 60s}
- at: U2
  name: nothing else
  assertion: {channel: kafka}
  expect: {value: never, absent: true, within: 200ms}
- {at: U2, name: but two, assertion: {channel: kafka}, expect: {absent: true, within: 200ms}}
"""

HANGING = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, action: {channel: http, endpoint: shop POST /kafka/pause}}
- at: T1
  action: {channel: http, endpoint: shop POST /kafka/resume, input: {body: {after: 7}}}
- {at: T1, name: too short, assertion: {channel: kafka}, expect: {absent: true, within: 500ms}}
- {at: T2, name: long enough, assertion: {channel: kafka}, expect: {absent: true, within: 12s}}
- {at: T3, name: send, action: {channel: kafka, value: 1}, expect: {within: 30s}}
- {at: U3, name: it comes, assertion: {channel: kafka}, expect: {within: 30s}}
"""

GONE = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, action: {channel: http, endpoint: shop POST /kafka/kill}}
- {at: U1, name: it stays away, assertion: {channel: kafka}, expect: {absent: true, within: 2s}}
- {at: T2, action: {channel: http, endpoint: shop GET /ping}}
"""


@pytest.mark.parametrize("deed", ["stop", "kill"])
def test_a_broker_that_comes_back_is_read_on_from_where_it_was(
    chaos: Chaos, kafka: Server, deed: str
) -> None:
    """What came before and after is seen; who had to decide meanwhile says that it could not."""
    shop = chaos(kafka=kafka)
    told = shop.run(RESTARTED.replace("DEED", deed), ALL_AT_ONCE, ways=3)
    assert shop.system.failed == []
    assert told.runs() == {"main": "PASSED", "way-w1": "FAILED", "way-w2": "FAILED"}
    assert told.failed_steps() == {"too short", "but two"}
    assert f"Kafka at {kafka.address} cannot be reached" in told.of("too short")
    assert "2 where none may be" in told.of("but two")


def test_a_broker_that_hangs_is_told_and_waited_for(chaos: Chaos, kafka: Server) -> None:
    """Connections are kept, so that nothing but the missing answer tells of it."""
    told = chaos(kafka=kafka).run(HANGING, ALL_AT_ONCE)
    passed = dict.fromkeys(("main", "way-w2", "way-w3"), "PASSED")
    assert told.runs() == {**passed, "way-w1": "FAILED"}, told.text
    assert f"Kafka at {kafka.address} gave no answer in time" in told.of("too short")


def test_a_broker_that_is_gone_fails_its_scenarios_alone(chaos: Chaos, kafka: Server) -> None:
    """The text says which server it is and what to do; the driver does not repeat itself."""
    told = chaos(kafka=kafka).run(GONE, ways=3)
    assert told.runs() == {"main": "PASSED", "way-w1": "FAILED", "way-w2": "PASSED"}
    assert "step:     it stays away (order.suite.yaml:" in told.text
    assert "connection: kafka 'main' of local (orchestra.environments.yaml:3:17)" in told.text
    assert "Check that the broker runs" in told.text
    assert told.text.count("aiokafka") < 20
