"""A server on this machine that speaks OpenAI's chat completions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pytest_orchestra.ai.settings import AiSettings


class Endpoint:
    """What the server answers, and what it was asked.

    Attributes:
        asked: headers and body of each call.
        replies: what is answered, one after the other, the last one again and again.
        silent: set while the server waits before it answers.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.replies: list[tuple[int, dict[str, str], bytes]] = []
        self.silent: threading.Event | None = None
        self.url = ""

    def says(self, content: object, **choice: object) -> None:
        """Answer with a completion of this content; a text as it is, else as JSON."""
        text = content if isinstance(content, str) else json.dumps(content)
        body = {"choices": [{"message": {"role": "assistant", "content": text}, **choice}]}
        self.answers(200, json.dumps(body).encode())

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer with these bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, named, body))

    def settings(self, **parts: str) -> AiSettings:
        """As the environment would give them."""
        return AiSettings(url=self.url, **{"model": "tiny", "key": "s3cret-key", **parts})


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server that is gone after the test."""
    told = Endpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    yield told
    if told.silent is not None:
        told.silent.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _handler(told: Endpoint) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            told.asked.append((dict(self.headers), json.loads(self.rfile.read(size))))
            if told.silent is not None:
                told.silent.wait(30)
            number = min(len(told.asked), len(told.replies)) - 1
            status, headers, body = told.replies[number] if told.replies else (500, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the client went away
                return

    return Handler
