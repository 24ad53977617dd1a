"""A small HTTP service on loopback in its own thread, and builders of descriptions and calls."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import uvicorn

from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.protocols.http.openapi.parser import OpenApi, OpenApiParser
from pytest_orchestra.protocols.http.reply import HttpObservation
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import Call

_visits: dict[str, int] = {}


Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
JSON = (b"content-type", b"application/json")
GZIP = (b"content-encoding", b"gzip")


def _echo(scope: dict[str, object], sent: dict[str, str], content: bytes) -> Answer:
    told = {
        "method": scope["method"],
        "path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "headers": sent,
        "body": content.decode("utf-8", "replace"),
    }
    return 200, [JSON], json.dumps(told).encode()


def _reply(_: dict[str, object], sent: dict[str, str], content: bytes) -> Answer:
    """Send back what came, with the status and media type of x-status and x-type."""
    named = [(b"Content-Type", sent["x-type"].encode())] if "x-type" in sent else []
    return int(sent.get("x-status", "200")), named, content


def _later(scope: dict[str, object], *_: object) -> Answer:
    """Be there at the third visit."""
    key = str(scope["path"])
    _visits[key] = _visits.get(key, 0) + 1
    return (404 if _visits[key] < 3 else 200), [JSON], b"{}"


_ANSWERS: dict[str, Callable[..., Answer]] = {
    "echo": _echo,
    "reply": _reply,
    "later": _later,
    "twice": lambda *_: (
        200,
        [JSON, (b"X-Mark", b"a"), (b"set-cookie", b"s=1"), (b"x-mark", b"b")],
        b"{}",
    ),
    "bomb": lambda *_: (200, [JSON, GZIP], gzip.compress(b" " * 3_000_000)),
    "broken": lambda *_: (200, [JSON, GZIP], b"no gzip"),
}


async def _service(
    scope: dict[str, object],
    receive: Callable[[], Awaitable[dict[str, object]]],
    send: Callable[[dict[str, object]], Awaitable[None]],
) -> None:
    """Answer by the path's first part; /never gives no answer until the client is gone."""
    content = b""
    while (message := await receive())["type"] == "http.request":
        content += message["body"]
        if not message["more_body"]:
            break
    name = scope["path"].split("/")[1]
    if name == "never":
        await receive()
        return
    sent = {name.decode(): value.decode("utf-8") for name, value in scope["headers"]}
    status, headers, body = _ANSWERS[name](scope, sent, content)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """Where the service listens."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(_service, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    server.force_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def describe(tmp_path: Path) -> Callable[..., OpenApi]:
    """Write a description and parse it."""

    def written(
        paths: object, *, version: str = "3.1.0", name: str = "api.json", **more: object
    ) -> OpenApi:
        file = tmp_path / name
        document = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths}
        file.write_text(json.dumps({**document, **more}), "utf-8")
        parsed = OpenApiParser().parse(file)
        assert parsed is not None
        return parsed

    return written


@pytest.fixture
def call_of() -> Callable[..., Call]:
    """Make a call: an endpoint's text, perhaps the description of 'orders', and its input."""

    def made(
        endpoint: str,
        spec: OpenApi | None = None,
        *,
        within: float = 5.0,
        **given: dict[str, object],
    ) -> Call:
        credential = given.pop("credential", None)
        matched = plugin.endpoint_matcher.match(endpoint, {"orders": spec} if spec else {})
        return Call(fields={"input": given}, endpoint=matched, within=within, credential=credential)

    return made


@pytest.fixture
def reply_of() -> Callable[..., HttpObservation]:
    """Make an observation without a service."""

    def made(
        status: int,
        value: JsonLike = None,
        *,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        empty: bool = False,
        unreadable: str = "",
    ) -> HttpObservation:
        content_type = {"Content-Type": media_type} if media_type else {}
        return HttpObservation(
            status=status,
            value=value,
            headers={**content_type, **(headers or {})},
            empty=empty,
            unreadable=unreadable,
        )

    return made
