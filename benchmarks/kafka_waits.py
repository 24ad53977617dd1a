"""How long after a plain consumer in the same process a Kafka assertion has passed.

The message is sent while the assertion waits; it has passed when the next step begins.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterator
from pathlib import Path

from processes import split_process
from pytest_orchestra.services import Lifeline, start_embedded
from rounds import Figure, pytest_side, run

MESSAGES = 100
TARGET = 20.0
MOST_ROUNDS = 3
"""Every round has a hundred waits of its own."""

_CONFTEST = """\
import asyncio
import json
import os
import uuid
from pathlib import Path
from time import perf_counter

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

import pytest_orchestra as orchestra

SERVERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
TOPIC = os.environ["BENCH_TOPIC"]


class Wire:
    def __init__(self, producer):
        self.producer = producer
        self.sent, self.seen, self.passed = {}, {}, {}
        self.sending = set()

    async def send(self, key, after):
        await asyncio.sleep(after)
        self.sent[key] = perf_counter()
        await self.producer.send_and_wait(TOPIC, b'{"type": "OrderPaid"}', key=key.encode())

    async def read(self, consumer):
        async for message in consumer:
            self.seen[message.key.decode()] = perf_counter()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wire():
    producer = AIOKafkaProducer(bootstrap_servers=SERVERS)
    await producer.start()
    await producer.send_and_wait(TOPIC, b"{}", key=b"first")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=SERVERS, fetch_max_wait_ms=20, enable_auto_commit=False
    )
    await consumer.start()
    partitions = await producer.partitions_for(TOPIC)
    consumer.assign([TopicPartition(TOPIC, partition) for partition in partitions])
    await consumer.seek_to_end()
    wire = Wire(producer)
    reading = asyncio.create_task(wire.read(consumer))
    yield wire
    reading.cancel()
    await consumer.stop()
    await producer.stop()
    times = [[at, wire.seen[key], wire.passed[key]] for key, at in wire.sent.items()]
    Path("times.json").write_text(json.dumps(times))


@orchestra.step("Send order")
async def send_while_the_assertion_waits(wire, orchestra_context):
    after = 0.03 + len(wire.sent) * 7 % 40 / 1000
    sending = asyncio.create_task(wire.send(orchestra_context.run_id, after))
    wire.sending.add(sending)
    sending.add_done_callback(wire.sending.discard)


@orchestra.step("Order noted")
def note_when_it_passed(wire, orchestra_context):
    wire.passed[orchestra_context.run_id] = perf_counter()
"""

_SUITE = """\
process: order.bpmn
environment: bench
scenarios: {{max_scenarios: {messages}}}
steps:
  - at: Order sent
    assertion: {{channel: kafka, topic: "{topic}", key: "{{{{run.id}}}}"}}
    expect: {{value: {{type: OrderPaid}}}}
"""


def measure(folder: Path, rounds: int) -> Iterator[Figure]:
    """Measure with the embedded double, and with the cluster of ``KAFKA_BOOTSTRAP_SERVERS``.

    Args:
        folder: empty; the tests are written there.
        rounds: sessions, at most three.
    """
    with Lifeline.own(folder / "services") as lifeline:
        fields = start_embedded(lifeline, "kafka", "bench")
        yield _waits("embedded", fields["bootstrap_servers"], folder / "embedded", rounds)
    if servers := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield _waits("real", servers, folder / "real", rounds)


def _waits(which: str, servers: str, folder: Path, rounds: int) -> Figure:
    topic = f"bench.orders.{os.getpid()}"
    _write(folder, topic)
    session = pytest_side(
        which,
        folder,
        orchestra=True,
        says=f"{MESSAGES} passed",
        variables={"KAFKA_BOOTSTRAP_SERVERS": servers, "BENCH_TOPIC": topic},
    )
    times: list[tuple[float, float, float]] = []
    for _ in range(min(rounds, MOST_ROUNDS)):
        run(session)
        times += json.loads((folder / "times.json").read_text(encoding="utf-8"))
    later = [(passed - seen) * 1000 for _, seen, passed in times]
    twentieths = statistics.quantiles(later, n=20)
    return Figure(
        metric=f"Kafka assertion after plain consumer, {which}",
        unit="ms",
        ours=statistics.median((passed - sent) * 1000 for sent, _, passed in times),
        other=statistics.median((seen - sent) * 1000 for sent, seen, _ in times),
        result=statistics.median(later),
        result_unit="ms",
        target=TARGET,
        spread=(twentieths[0], twentieths[-1]),
    )


def _write(folder: Path, topic: str) -> None:
    folder.mkdir()
    environments = 'bench: {kafka: {main: {bootstrap_servers: "${env:KAFKA_BOOTSTRAP_SERVERS}"}}}\n'
    for name, text in {
        "pytest.ini": "[pytest]\nasyncio_default_fixture_loop_scope = function\n",
        "orchestra.environments.yaml": environments,
        "conftest.py": _CONFTEST,
        "order.suite.yaml": _SUITE.format(messages=MESSAGES, topic=topic),
        "order.bpmn": split_process(
            ways=MESSAGES,
            before=(),
            after=("Send order", "Order sent"),
            start="Order wanted",
            end="Order noted",
        ),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
