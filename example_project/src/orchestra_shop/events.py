"""What the services tell each other: one Kafka topic, keyed by order, so in order per order."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from orchestra_shop.faults import deliveries
from orchestra_shop.patience import UNAVAILABLE, patiently

TOPIC = "orders.events"

Event = Mapping[str, Any]
Handlers = Mapping[str, Callable[[Event], Awaitable[None]]]
Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer)

log = logging.getLogger(__name__)


class Publisher:
    """Sends events in the name of one service."""

    def __init__(self, producer: AIOKafkaProducer, source: str) -> None:
        self._producer = producer
        self._source = source

    async def publish(self, event_type: str, order_id: str, **details: object) -> None:
        """Send one event and wait until the broker has it."""
        event = {"type": event_type, "order_id": order_id, **details}
        for pause in deliveries(event_type):
            await asyncio.sleep(pause)
            await self._producer.send_and_wait(
                TOPIC,
                key=order_id.encode(),
                value=json.dumps(event, default=_number).encode(),
                headers=[("source", self._source.encode())],
            )


@asynccontextmanager
async def connect_publisher(servers: str, source: str) -> AsyncIterator[Publisher]:
    """Open a producer; it ends with the block."""

    async def connect() -> AIOKafkaProducer:
        return await _started(AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True))

    producer = await patiently(connect)
    try:
        yield Publisher(producer, source)
    finally:
        await producer.stop()


@asynccontextmanager
async def handled_events(servers: str, group: str, handlers: Handlers) -> AsyncIterator[None]:
    """Give every event to the handler of its type for as long as the block lasts."""

    async def connect() -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            TOPIC,
            bootstrap_servers=servers,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=20,
        )
        return await _started(consumer)

    consumer = await patiently(connect)
    task = asyncio.create_task(_handle_all(consumer, handlers))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await consumer.stop()


async def _handle_all(consumer: AIOKafkaConsumer, handlers: Handlers) -> None:
    while True:
        batch = await consumer.getmany(timeout_ms=1000)
        for messages in batch.values():
            for message in messages:
                await _handle(message.value, handlers)
        if batch:
            try:
                await consumer.commit()
            except KafkaError as error:
                log.warning("some events will come again: %s", error)


async def _handle(value: bytes | None, handlers: Handlers) -> None:
    try:
        event = json.loads(value or b"", parse_float=Decimal)
        handle = handlers.get(event["type"], _ignore)
    except (ValueError, TypeError, KeyError, AttributeError):
        log.warning("not an event: %.100r", value)
        return
    while True:
        try:
            await handle(event)
        except UNAVAILABLE as error:
            log.warning("%s comes again in 0.5 s: %s", event["type"], error)
            await asyncio.sleep(0.5)
        except Exception:
            log.exception("%s is given up: %.200r", event["type"], value)
            return
        else:
            return


async def _ignore(_event: Event) -> None:
    """Nobody here wants this event."""


async def _started(client: Client) -> Client:
    try:
        await client.start()
    except BaseException:
        await client.stop()
        raise
    return client


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no JSON for {value!r}")
