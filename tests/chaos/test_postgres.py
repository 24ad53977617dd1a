"""A PostgreSQL that drops its connections, is restarted, or hangs while scenarios run."""

from collections.abc import Callable
from typing import Any

import pytest

Chaos = Callable[..., Any]
Server = Any
ALL_AT_ONCE = "--orchestra-concurrency=20"

BROKEN = """
- {at: T0, action: {channel: http, endpoint: shop GET /ping}}
- {at: T1, name: over it, assertion: {channel: db}, expect: {absent: true, within: 6s}}
- {at: T2, action: {channel: http, endpoint: shop POST /postgres/DEED}}
- at: T2
  action: {channel: http, endpoint: shop POST /postgres/HEAL, input: {body: {after: 3}}}
- at: T2
  action:
    channel: http
    endpoint: shop POST /postgres/send
    input: {body: {after: 4, key: "{{run.id}}", value: x}}
- {at: T2, name: it comes, assertion: {channel: db}, expect: {within: 20s}}
- {at: T3, name: too short, assertion: {channel: db}, expect: {absent: true, within: 2s}}
"""


@pytest.mark.parametrize(("deed", "heal"), [("stop", "start"), ("pause", "resume")])
def test_a_server_that_comes_back_fails_those_that_had_to_decide_meanwhile(
    chaos: Chaos, postgres: Server, deed: str, heal: str
) -> None:
    """The others wait for it; no password is told."""
    shop = chaos(postgres=postgres)
    steps = BROKEN.replace("DEED", deed).replace("HEAL", heal)
    told = shop.run(steps, ALL_AT_ONCE)
    assert shop.system.failed == []
    passed = dict.fromkeys(("main", "way-w1", "way-w2"), "PASSED")
    assert told.runs() == {**passed, "way-w3": "FAILED"}
    why = "gave no answer in time" if deed == "pause" else "cannot be reached"
    assert f"127.0.0.1:{postgres.port}/postgres {why}" in told.of("too short")
    assert "connection: db 'main' of local (orchestra.environments.yaml:3:14)" in told.text
    assert postgres.password not in told.text


def test_connections_that_are_dropped_are_made_anew(chaos: Chaos, postgres: Server) -> None:
    """Whatever their number; no verdict changes."""
    steps = BROKEN.replace("DEED", "drop").replace("HEAL", "drop")
    told = chaos(postgres=postgres).run(steps, "-n", "2", ALL_AT_ONCE)
    assert told.runs() == dict.fromkeys(("main", "way-w1", "way-w2", "way-w3"), "PASSED")
