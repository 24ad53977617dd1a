"""The client against a service on loopback, and against services that misbehave."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import certifi
import httpx
import pytest
from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError, ConnectorError
from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.protocols.http.client import HttpClient
from pytest_orchestra.protocols.http.connection import HttpConnection
from pytest_orchestra.spi import Call

CERTIFICATE = Path(__file__).parent / "localhost.pem"

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def opened(url: str, **fields: object) -> AsyncIterator[HttpClient]:
    connection = HttpConnection.model_validate({"url": url, **fields})
    client = await plugin.step_executor.open("orders", connection)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def raw_server(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    **more: object,
) -> AsyncIterator[str]:
    """Listen on loopback and let ``answer(reader, writer)`` deal with each connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, **more)
    async with server:
        yield f"http{'s' if more else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def failure(client: HttpClient, call: Call) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await client.act(call)
    return caught.value


async def test_sends_method_path_query_headers_cookies_and_body(
    url: str, call_of: Callable[..., Call]
) -> None:
    call = call_of(
        "orders POST /echo/{id}",
        path={"id": "a/b ü"},
        query={"q": ["x y", 1], "f": {"k": True}},
        headers={"X-Trace": "é"},
        cookies={"s": "1;2", "left out": None},
        body={"amount": Decimal("12.10"), "id": UUID(int=1)},
    )
    async with opened(f"{url}/") as client:
        seen = (await client.act(call)).value
    assert seen["method"] == "POST"
    assert seen["path"] == "/echo/a%2Fb%20%C3%BC"
    assert seen["query"] == "q=x%20y&q=1&f%5Bk%5D=true"
    assert seen["headers"]["x-trace"] == "é"
    assert seen["headers"]["cookie"] == "s=1%3B2"
    assert seen["headers"]["content-type"] == "application/json"
    assert seen["body"] == '{"amount":12.10,"id":"00000000-0000-0000-0000-000000000001"}'


async def test_a_reply_gives_roots_status_value_headers_and_evidence(
    url: str, call_of: Callable[..., Call]
) -> None:
    call = call_of(
        "orders POST /reply", headers={"x-type": "application/json", "x-status": "201"}, body=[1]
    )
    async with opened(url) as client:
        seen = await client.act(call)
    response = seen.roots["response"]
    assert (seen.status, seen.value, seen.failure, seen.id) == (201, [1], "", "")
    assert (response["status"], response["body"]) == (201, [1])
    assert response["headers"]["content-type"] == "application/json"
    assert response["elapsed_ms"] > 0
    assert seen.evidence.actual_status_code == 201
    assert seen.evidence.response_body == [1]
    assert seen.evidence.request["method"] == "POST"
    assert seen.evidence.request["url"] == f"{url}/reply"
    assert seen.evidence.request["body"] == [1]


async def test_a_status_of_400_or_more_is_a_failure_and_no_error(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        seen = await client.act(call_of("orders POST /reply", headers={"x-status": "404"}))
    assert seen.failure == "HTTP 404"
    assert seen.value is None


async def test_no_credential_stands_in_the_evidence(url: str, call_of: Callable[..., Call]) -> None:
    async with opened(url, credentials={"admin": {"bearer": "t0psecret"}}) as client:
        seen = await client.act(call_of("orders GET /echo"))
    assert seen.value["headers"]["authorization"] == "Bearer t0psecret"
    assert seen.evidence.request["headers"]["authorization"] == "***"
    assert "t0psecret" not in repr(seen.evidence.request)


async def test_as_picks_a_credential_and_a_null_header_leaves_it_out(
    url: str, call_of: Callable[..., Call]
) -> None:
    credentials = {
        "admin": {"bearer": "t0psecret"},
        "clerk": {"basic": ["clerk", "pass"]},
        "robot": {"header": {"X-Api-Key": "k3y"}},
    }
    calls = {
        "none": call_of("orders GET /echo"),
        "clerk": call_of("orders GET /echo", credential="clerk"),
        "robot": call_of("orders GET /echo", credential="robot"),
        "out": call_of("orders GET /echo", credential="admin", headers={"Authorization": None}),
    }
    async with opened(url, credentials=credentials) as client:
        seen = {name: (await client.act(call)).value["headers"] for name, call in calls.items()}
    assert "authorization" not in seen["none"]
    assert seen["clerk"]["authorization"] == "Basic Y2xlcms6cGFzcw=="
    assert seen["robot"]["x-api-key"] == "k3y"
    assert "authorization" not in seen["out"]


async def test_an_unknown_credential_names_the_nearest(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url, credentials={"admin": {"bearer": "t0psecret"}}) as client:
        with pytest.raises(ConfigurationError, match=r"'admin2'.*Did you mean 'admin'"):
            await client.act(call_of("orders GET /echo", credential="admin2"))


async def test_cookies_of_a_reply_are_not_sent_with_the_next_call(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        await client.act(call_of("orders GET /twice"))
        seen = await client.act(call_of("orders GET /echo"))
    assert "cookie" not in seen.value["headers"]


async def test_headers_that_come_twice_are_joined(url: str, call_of: Callable[..., Call]) -> None:
    async with opened(url) as client:
        seen = await client.act(call_of("orders GET /twice"))
    assert seen.roots["response"]["headers"]["x-mark"] == "a, b"
    assert seen.headers["X-Mark"] == "a, b"


async def test_the_environment_names_no_proxy(
    url: str, call_of: Callable[..., Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with opened(url) as client:
        assert (await client.act(call_of("orders GET /echo"))).status == 200


async def test_a_reply_that_does_not_come_in_time_is_a_timeout(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        begin = time.monotonic()
        error = await failure(client, call_of("orders GET /never", within=0.2))
    assert (error.code, error.retriable) == ("http.timeout", True)
    assert time.monotonic() - begin < 2
    assert str(error) == f"GET {url}/never: no reply within 0.2 s"


async def test_a_reply_that_trickles_in_is_cut_at_the_deadline(
    call_of: Callable[..., Call],
) -> None:
    """Each read is in time, the whole is not."""

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        while not reader.at_eof() and not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw_server(trickle) as url, opened(url) as client:
        assert (await failure(client, call_of("orders GET /", within=0.3))).code == "http.timeout"


async def test_nobody_listening_is_said_with_the_address_and_the_reason(
    call_of: Callable[..., Call],
) -> None:
    async def nobody(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        """Never called: the server is closed before the client connects."""

    async with raw_server(nobody) as url:
        pass
    async with opened(url) as client:
        error = await failure(client, call_of("orders GET /x"))
    assert (error.code, error.retriable) == ("http.connect", True)
    assert str(error).startswith(f"GET {url}/x: no connection: ")
    assert "Is the service running" in str(error)


async def test_an_unknown_host_is_no_connection(call_of: Callable[..., Call]) -> None:
    async with opened("http://nowhere.invalid") as client:
        assert (await failure(client, call_of("orders GET /"))).code == "http.connect"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "http.disconnected"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "http.disconnected"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "http.protocol"),
    ],
)
async def test_a_broken_reply_has_its_own_code(
    answer: bytes, code: str, call_of: Callable[..., Call]
) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async with raw_server(break_off) as url, opened(url) as client:
        error = await failure(client, call_of("orders GET /"))
    assert (error.code, error.retriable) == (code, True)


async def test_a_reply_that_cannot_be_decompressed_says_so(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        error = await failure(client, call_of("orders GET /broken"))
    assert error.code == "http.protocol"
    assert "decompressed" in str(error)


async def test_a_reply_over_the_limit_is_not_read_on(
    url: str, call_of: Callable[..., Call]
) -> None:
    """The limit counts decompressed bytes."""
    async with opened(url, max_body=1_000_000) as client:
        error = await failure(client, call_of("orders GET /bomb"))
    assert (error.code, error.retriable) == ("http.too_large", False)
    assert "1000000 bytes" in str(error)
    assert "max_body" in str(error)


async def test_https_to_a_service_without_it_is_said(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url.replace("http:", "https:")) as client:
        error = await failure(client, call_of("orders GET /"))
    assert (error.code, error.retriable) == ("http.tls", False)
    assert "Does the service speak https" in str(error)


@pytest.mark.parametrize("verify", ["true", "false", "file"])
async def test_a_certificate_is_trusted_as_the_connection_says(
    verify: str, call_of: Callable[..., Call]
) -> None:
    """The certificate is self-signed, for localhost, and expires in a hundred years."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(CERTIFICATE)
    async with (
        raw_server(answer, ssl=own) as url,
        opened(url, verify=str(CERTIFICATE) if verify == "file" else verify) as client,
    ):
        if verify == "true":
            error = await failure(client, call_of("orders GET /"))
            assert (error.code, error.retriable) == ("http.tls", False)
            assert "self-signed certificate. Set 'verify'" in str(error)
        else:
            assert (await client.act(call_of("orders GET /"))).status == 204


async def test_certificates_are_read_when_the_connection_is_opened(tmp_path: Path) -> None:
    async with opened("https://127.0.0.1:1", verify=certifi.where()) as client:
        assert client is not None
    with pytest.raises(ConfigurationError, match=r"no certificates can be read from .*none\.pem"):
        async with opened("https://127.0.0.1:1", verify=str(tmp_path / "none.pem")):
            pass


async def test_a_header_that_cannot_be_sent_does_not_show_its_value(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        error = await failure(client, call_of("orders GET /echo", headers={"a b": "t0psecret"}))
    assert error.code == "http.request"
    assert "t0psecret" not in str(error)


async def test_a_watch_repeats_the_call_until_asked_no_more(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        call = call_of("orders GET /later/{id}", path={"id": "watch"})
        watch = client.watch(call, await client.arm(call))
        assert watch.standing
        assert watch.seen() == f"no reply to GET {url}/later/watch"
        statuses = [(await watch.look(5))[0].status]
        assert watch.seen().startswith("1 reply to ")
        statuses += [(await watch.look(5))[0].status for _ in range(2)]
    assert statuses == [404, 404, 200]
    assert watch.seen() == f"3 replies to GET {url}/later/watch, the last one HTTP 200"
    assert watch.passed_by() == ()


async def test_reproduce_gives_a_line_that_sends_the_same(
    url: str, call_of: Callable[..., Call]
) -> None:
    """The line is run by a shell; what the service saw must be the same."""
    call = call_of(
        "orders PUT /echo",
        query={"q": "it's"},
        headers={"X-Note": "a $b `c`"},
        body={"text": 'o\'clock\n"quoted" $HOME'},
    )
    async with opened(url, credentials={"a": {"basic": ["clerk", "pass"]}}) as client:
        direct = (await client.act(call)).value
        line = client.reproduce(call).replace("curl -sS -i", "curl -sS")
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", line, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode == 127:
        pytest.skip("curl is not installed")
    by_hand = json.loads(output)
    assert {key: by_hand[key] for key in ("method", "path", "query", "body")} == {
        key: direct[key] for key in ("method", "path", "query", "body")
    }
    for name in ("authorization", "x-note", "content-type"):
        assert by_hand["headers"][name] == direct["headers"][name]


async def test_a_call_that_cannot_be_sent_is_not_reproduced(
    url: str, call_of: Callable[..., Call]
) -> None:
    async with opened(url) as client:
        assert client.reproduce(call_of("orders GET /x/{id}")) == ""
        assert client.reproduce(call_of("orders GET /x", credential="nobody")) == ""


async def test_closing_twice_is_harmless(url: str) -> None:
    async with opened(url) as client:
        await client.close()


async def test_a_transport_in_process_serves_as_well(call_of: Callable[..., Call]) -> None:
    """Whoever writes a conftest may put another transport in."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
    client = HttpClient(HttpConnection(url="http://orders"), transport)
    assert (await client.act(call_of("orders GET /in-process"))).value == "/in-process"


async def test_only_connections_of_http_are_opened() -> None:
    class OtherConnection(BaseModel):
        url: str

    with pytest.raises(ConfigurationError, match="'orders' is no connection of http"):
        await plugin.step_executor.open("orders", OtherConnection(url="redis://x"))


class Keeping(httpx.AsyncBaseTransport):
    """Answers everything with 200 and keeps the last request."""

    last: httpx.Request

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.last = request
        return httpx.Response(200, stream=httpx.ByteStream(b""))


@pytest.mark.parametrize(
    ("endpoint", "given"),
    [
        ("orders GET /a", {}),
        ("orders DELETE /a", {}),
        ("orders POST /a", {}),
        ("orders PUT /a", {"body": {"k": "ü"}}),
        ("orders GET /a", {"body": "text", "headers": {"content-type": "text/plain"}}),
        ("orders POST /a", {"headers": {"Content-Length": "7"}}),
        ("orders POST /a", {"body": 1, "headers": {"content-length": "7"}}),
        ("orders POST /a", {"headers": {"transfer-encoding": "chunked"}}),
        ("orders POST /a", {"headers": {"host": "elsewhere"}, "body": [1]}),
    ],
)
async def test_host_and_length_are_told_as_httpx_itself_tells_them(
    call_of: Callable[..., Call], endpoint: str, given: dict[str, object]
) -> None:
    transport = Keeping()
    connection = HttpConnection.model_validate({"url": "http://h\u00fclle.example:8080/x"})
    await HttpClient(connection, transport).act(call_of(endpoint, **given))
    sent = transport.last
    content = b"".join([part async for part in sent.stream])
    own = [(name, value) for name, value in sent.headers.raw if name.islower()]
    same = httpx.Request(sent.method, sent.url, headers=own, content=content)
    assert sorted(sent.headers.raw) == sorted(same.headers.raw)


async def test_only_connecting_has_a_deadline_of_its_own(call_of: Callable[..., Call]) -> None:
    transport = Keeping()
    connection = HttpConnection.model_validate({"url": "http://localhost"})
    await HttpClient(connection, transport).act(call_of("orders GET /a"))
    assert list(transport.last.extensions["timeout"]) == ["connect"]


async def test_calls_do_not_look_for_what_is_not_installed(
    url: str, call_of: Callable[..., Call]
) -> None:
    """Each call would look into every folder for what httpcore imports if it is there."""
    looked_for: list[str] = []

    class Witness:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            looked_for.append(name)

    async with opened(url) as client:
        await client.act(call_of("orders GET /x"))
        sys.meta_path.insert(0, Witness)  # type: ignore[arg-type]  # it has what is called
        try:
            await client.act(call_of("orders GET /x"))
        finally:
            sys.meta_path.remove(Witness)  # type: ignore[arg-type]
    assert looked_for == []
