"""Waiting for a server that is not there yet, or not there at the moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

T = TypeVar("T")

UNAVAILABLE = (
    OSError,
    KafkaError,
    RedisError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
)

log = logging.getLogger(__name__)


async def patiently(attempt: Callable[[], Awaitable[T]], *, tries: int = 60) -> T:
    """Try until it works, every half second; the error of the last try is raised."""
    for left in reversed(range(tries)):
        try:
            return await attempt()
        except UNAVAILABLE as error:
            if not left:
                raise
            log.warning("again in 0.5 s: %s", error)
            await asyncio.sleep(0.5)
    raise ValueError("tries must be positive")
