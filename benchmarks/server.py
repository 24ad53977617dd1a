"""The service under test: orders in memory, a bare ASGI app on uvicorn, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import uvicorn

_Receive = Callable[[], Awaitable[Mapping[str, Any]]]
_Send = Callable[[Mapping[str, Any]], Awaitable[None]]

STATUS_AFTER = {"payment": "PAID", "shipment": "SHIPPED"}


class Orders:
    """``POST /orders``, ``GET /orders/ID``, ``POST /orders/ID/payment`` and ``.../shipment``."""

    def __init__(self) -> None:
        self._orders: dict[str, dict[str, Any]] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        said = await _body(receive)
        status, body = self._answer(scope["method"], scope["path"].strip("/").split("/"), said)
        content = json.dumps(body).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: list[str], said: Any) -> tuple[int, object]:  # noqa: ANN401  JSON
        match method, path:
            case "POST", ["orders"]:
                return 201, self._placed(said)
            case "GET", ["orders", name] if name in self._orders:
                return 200, self._orders[name]
            case "POST", ["orders", name, deed] if name in self._orders and deed in STATUS_AFTER:
                self._orders[name] |= {"status": STATUS_AFTER[deed], **said}
                return 202, self._orders[name]
        return 404, {"detail": "there is no such order"}

    def _placed(self, said: dict[str, Any]) -> dict[str, Any]:
        name = str(uuid.uuid4())
        total = round(said["quantity"] * said["price"], 2)
        order = {"id": name, **said, "total": total, "status": "NEW"}
        self._orders[name] = order
        return order


async def _body(receive: _Receive) -> Any:  # noqa: ANN401  JSON
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return json.loads(content) if content else None


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start the service; gives its URL. It ends with the block, or with this process."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.stdin.close()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve on a free port, printed as a URL, until standard input ends."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # without the protocol asyncio does not set TCP_NODELAY, and every reply takes 40 ms
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config(Orders(), log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
