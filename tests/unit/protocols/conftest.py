"""Embedded servers, one of each kind for all tests of this folder, and a way to lose them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import pytest
import pytest_asyncio

from pytest_orchestra.services import Lifeline, start_embedded


@pytest.fixture(scope="session")
def lifeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lifeline]:
    with Lifeline.own(tmp_path_factory.mktemp("services")) as owned:
        yield owned


@pytest.fixture(scope="session")
def database_url(lifeline: Lifeline) -> str:
    return start_embedded(lifeline, "postgres", "unit")["url"]


@pytest.fixture(scope="session")
def redis_url(lifeline: Lifeline) -> str:
    return start_embedded(lifeline, "redis", "unit")["url"]


class Proxy:
    """Forwards to a server until it is cut; may be joined again at the same port, and be held."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._streams: list[asyncio.StreamWriter] = []
        self.port = 0
        self.lets_through = asyncio.Event()
        self.lets_through.set()

    async def join(self) -> None:
        """Let clients through."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._server.close()
        streams, self._streams = self._streams, []
        for stream in streams:
            stream.close()
            with suppress(OSError):
                await stream.wait_closed()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._behind)
        self._streams += [writer, back]
        await asyncio.gather(_pump(reader, back, self), _pump(there, writer, self))


async def _pump(source: asyncio.StreamReader, drain: asyncio.StreamWriter, proxy: Proxy) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            await proxy.lets_through.wait()
            drain.write(data)
            await drain.drain()
    drain.close()


@pytest_asyncio.fixture
async def proxy() -> AsyncIterator[Callable[[str], Awaitable[Proxy]]]:
    """Put a proxy before the server of a URL."""
    made: list[Proxy] = []

    async def put_before(url: str) -> Proxy:
        one = Proxy(int(url.rpartition(":")[2].partition("/")[0]))
        await one.join()
        made.append(one)
        return one

    yield put_before
    for one in made:
        await one.cut()


@pytest_asyncio.fixture
async def silent_port() -> AsyncIterator[int]:
    """A port where connections are taken and nothing is ever said."""
    taken: list[asyncio.StreamWriter] = []

    def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for writer in taken:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
