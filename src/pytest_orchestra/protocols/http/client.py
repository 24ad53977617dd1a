"""One connection over httpx: sends calls, reads replies within deadlines and size limits.

It stands on httpx's transport: cookies are not kept, redirects not followed, proxies not asked.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConfigurationError, EvaluationError
from pytest_orchestra.protocols.http.connection import HttpConnection
from pytest_orchestra.protocols.http.curl import curl
from pytest_orchestra.protocols.http.failures import explained, too_large
from pytest_orchestra.protocols.http.reply import HttpObservation, Received, observed
from pytest_orchestra.protocols.http.request import Request, request_of
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import Call, Observation, Position

if TYPE_CHECKING:
    import httpx

MAX_CONNECTIONS = 200
"""Sockets of one connection that may be open at once; further calls wait for a free one."""
KEEP_ALIVE = 3.0
"""Seconds that an idle socket is kept: less than the 5 that servers commonly keep theirs."""
CONNECT_SHARE = 0.95
"""What part of a deadline connecting may take, so that its failure is called by its name."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_ALWAYS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "pytest-orchestra"}


class HttpClient:
    """One service.

    Args:
        connection: where it is.
        transport: sends to it; closed with this client.
    """

    @classmethod
    def of(cls, name: str, connection: HttpConnection) -> HttpClient:
        """The client of the connection called ``name``; connects with the first call.

        Raises:
            ConfigurationError: the file of certificates cannot be used.
        """
        return cls(connection, _transport(name, connection))

    def __init__(self, connection: HttpConnection, transport: httpx.AsyncBaseTransport) -> None:
        self._connection = connection
        self._transport = transport
        plain, self._secrets = connection.own_headers()
        self._headers = {**_ALWAYS, **plain}

    async def act(self, call: Call) -> Observation:
        """Send the call once.

        Raises:
            ConnectorError: no whole reply came within ``call.within``.
            EvaluationError: ``input`` is not what the endpoint needs.
            ConfigurationError: there is no such credential.
        """
        request = self._request(call)
        return await self.send(request, request.evidence(), call.within)

    async def arm(self, call: Call) -> Position:
        """Take no position: a reply gives the present state."""

    def watch(self, call: Call, position: Position) -> HttpWatch:  # noqa: ARG002  of the SPI
        """Repeat the call, which is safe."""
        return HttpWatch(self, self._request(call))

    def reproduce(self, call: Call) -> str:
        """Write the call as a curl line; empty for a call that cannot be sent at all."""
        try:
            credential = self._connection.credential(call.credential)
            return curl(self._request(call), credential, verify=self._connection.verify)
        except (EvaluationError, ConfigurationError):
            return ""

    async def close(self) -> None:
        """Close every socket."""
        await self._transport.aclose()

    async def send(
        self, request: Request, evidence: Mapping[str, JsonLike], within: float
    ) -> HttpObservation:
        """Send a request and read its reply.

        Raises:
            ConnectorError: no whole reply came within ``within`` seconds.
        """
        import httpx

        begin = perf_counter()
        try:
            async with asyncio.timeout(within):
                received = await self._exchange(request, within, begin)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise explained(error, str(request), within) from error
        return observed(received, evidence)

    async def _exchange(self, request: Request, within: float, begin: float) -> Received:
        response = await self._transport.handle_async_request(_prepared(request, within))
        try:
            content = await self._content(response, request.url)
        finally:
            await response.aclose()
        return Received(
            status=response.status_code,
            headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in response.headers.raw],
            content=content,
            elapsed_ms=round((perf_counter() - begin) * 1000, 3),
        )

    async def _content(self, response: httpx.Response, url: str) -> bytes:
        """Read the body, decompressed, up to the connection's limit."""
        limit = self._connection.max_body
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > limit:
                raise too_large(url, limit)
            chunks.append(chunk)
        return b"".join(chunks)

    def _request(self, call: Call) -> Request:
        credential = self._connection.credential(call.credential)
        secrets = self._secrets
        if credential is not None:
            secrets = {**secrets, **credential.headers()}
        return request_of(call, self._connection.url, self._headers, secrets)


class HttpWatch:
    """Repeats a call; each look gives the reply of one."""

    standing = True

    def __init__(self, client: HttpClient, request: Request) -> None:
        self._client = client
        self._request = request
        self._evidence = request.evidence()
        self._replies = 0
        self._last: HttpObservation | None = None

    async def look(self, within: float) -> Sequence[Observation]:
        """Send the call once more.

        Raises:
            ConnectorError: no whole reply came within ``within`` seconds.
        """
        self._last = await self._client.send(self._request, self._evidence, within)
        self._replies += 1
        return (self._last,)

    def seen(self) -> str:
        """Say how many replies there were and what the last one was."""
        if self._last is None:
            return f"no reply to {self._request}"
        many = "1 reply" if self._replies == 1 else f"{self._replies} replies"
        return f"{many} to {self._request}, the last one HTTP {self._last.status}"

    def passed_by(self) -> Sequence[Observation]:
        """Nothing: every reply is selected."""
        return ()


def _transport(name: str, connection: HttpConnection) -> httpx.AsyncBaseTransport:
    import httpx

    _spare_looking_for_sniffio()
    return httpx.AsyncHTTPTransport(
        verify=_trusted(name, connection),
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE,
        ),
        trust_env=False,
    )


def _spare_looking_for_sniffio() -> None:
    """Let Python remember that sniffio is not installed, where it is not.

    httpcore imports it four times a call, and Python would look into every folder each time: half
    a millisecond a call.
    """
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # as the reference of import says


def _trusted(name: str, connection: HttpConnection) -> ssl.SSLContext | bool:
    """Give what certificates are trusted; loading them takes 20 ms, so not for plain http."""
    if not connection.url.startswith("https:"):
        return False
    if isinstance(connection.verify, bool):
        return connection.verify
    try:
        return ssl.create_default_context(cafile=str(connection.verify))
    except (OSError, ssl.SSLError) as error:
        message = f"connection '{name}': no certificates can be read from {connection.verify}"
        raise ConfigurationError(message, hint="Name a PEM file under 'verify'.") from error


def _prepared(request: Request, within: float) -> httpx.Request:
    """Give it to httpx as a stream, whose headers are not gone through again: half the cost.

    Only connecting has a deadline of its own: reading and writing end with the whole exchange.
    """
    import httpx

    url = httpx.URL(request.url)
    content = request.content or b""
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    if "host" not in request.headers:
        headers.insert(0, (b"Host", url.netloc))
    if _needs_length(request):
        headers.append((b"Content-Length", b"%d" % len(content)))
    return httpx.Request(
        request.method,
        url,
        headers=headers,
        stream=httpx.ByteStream(content),
        extensions={"timeout": {"connect": within * CONNECT_SHARE}},
    )


def _needs_length(request: Request) -> bool:
    """Whether a length is to be told (RFC 9110, 8.6), and the call does not tell it itself."""
    if "content-length" in request.headers:
        return False
    if request.content:
        return True
    return request.method in _WITH_BODY and "transfer-encoding" not in request.headers
