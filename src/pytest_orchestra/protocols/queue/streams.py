"""The commands that the channel needs, with types for what goes and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostConnectionError
from redis.exceptions import ResponseError

from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.entries import Fields
from pytest_orchestra.protocols.queue.failures import not_a_stream
from pytest_orchestra.protocols.queue.stream_log import StreamState

MOST_CONNECTIONS = 8


class Streams:
    """The streams of one server.

    Args:
        connection: of the environment.
    """

    def __init__(self, connection: QueueConnection) -> None:
        self._redis: Any = Redis.from_pool(_pool(connection))  # half of its methods are untyped

    async def saved_at(self) -> str | None:
        """Give when the server last saved its data, or was started; None: it does not say."""
        try:
            return str(await self._ask("LASTSAVE"))
        except ResponseError:  # not everybody may ask
            return None

    async def state(self, queue: str) -> StreamState:
        """Give where a stream stands; one that is not there is empty.

        Raises:
            ConnectorError: the key holds something else.
            redis.RedisError, OSError: the server could not be asked.
        """
        try:
            return StreamState.of(await self._ask("XINFO STREAM", queue))
        except ResponseError:
            kind = await self._ask("TYPE", queue)
        name = kind.decode() if isinstance(kind, bytes) else str(kind)
        if name == "none":
            return StreamState()
        if name != "stream":
            raise not_a_stream(queue, name)
        return StreamState.of(await self._ask("XINFO STREAM", queue))

    async def read(
        self, positions: Mapping[str, bytes], *, most: int, block_ms: int
    ) -> Iterator[tuple[str, list[tuple[bytes, Fields]]]]:
        """Give the entries behind each position; wait so long if there are none."""
        options = ("COUNT", most, "BLOCK", block_ms, "STREAMS")
        answer = await self._redis.execute_command(
            "XREAD", *options, *positions, *positions.values()
        )
        return ((queue.decode(), entries) for queue, entries in answer or ())

    async def add(self, queue: str, fields: Fields) -> bytes:
        """Add an entry and give its id."""
        parts = (part for field in fields.items() for part in field)
        added: bytes = await self._redis.execute_command("XADD", queue, "*", *parts)
        return added

    async def close(self) -> None:
        """End the connections."""
        await self._redis.aclose()

    async def _ask(self, *command: str) -> Any:  # noqa: ANN401  as the driver gives it
        """Ask a second time, on a new connection, where the first one turns out to be broken."""
        try:
            return await self._redis.execute_command(*command)
        except (LostConnectionError, OSError):
            return await self._redis.execute_command(*command)


def _pool(connection: QueueConnection) -> BlockingConnectionPool:
    password = connection.password
    files = {
        "ssl_ca_certs": connection.cafile,
        "ssl_certfile": connection.certfile,
        "ssl_keyfile": connection.keyfile,
    }
    return BlockingConnectionPool.from_url(
        connection.url,
        username=connection.username,
        password=password.get_secret_value() if password is not None else None,
        max_connections=MOST_CONNECTIONS,
        timeout=None,  # the verbs have deadlines of their own
        socket_timeout=None,
        socket_connect_timeout=None,
        protocol=2,
        retry=Retry(NoBackoff(), 0),  # an entry must not be added twice
        client_name="pytest-orchestra",
        **{name: str(path) for name, path in files.items() if path is not None},
    )
