"""How each of the three runs: connections first, then its events, then HTTP, until SIGTERM."""

import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ExceptionHandler

from orchestra_shop.database import connect_database
from orchestra_shop.events import Handlers, Publisher, connect_publisher, handled_events
from orchestra_shop.faults import chosen_fault


class Service(Protocol):
    """The part of a service that is its own."""

    @property
    def handlers(self) -> Handlers:
        """What it does with which events."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What a service is made of.

    Attributes:
        tables: SQL that creates the service's tables where they are not there yet.
        open: makes the service; it ends with the block.
        routes: what it serves beside ``GET /health``; they find it as ``request.state.service``.
    """

    name: str
    tables: str
    open: Callable[[asyncpg.Pool, Publisher], AbstractAsyncContextManager[Service]]
    routes: Sequence[Route] = ()
    exception_handlers: Mapping[type[Exception], ExceptionHandler] | None = None


def run(blueprint: Blueprint) -> None:
    """Run a service on 127.0.0.1, at ``PORT``, until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format=f"{blueprint.name}: %(message)s")
    chosen_fault()
    uvicorn.run(
        application(blueprint),
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "8000")),
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


def application(blueprint: Blueprint) -> Starlette:
    """Make the ASGI application; it answers once the service is ready."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Service]]:
        servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        url = os.environ["DATABASE_URL"]
        async with (
            connect_database(url, blueprint.tables) as database,
            connect_publisher(servers, blueprint.name) as publisher,
            blueprint.open(database, publisher) as service,
            handled_events(servers, f"shop-{blueprint.name}", service.handlers),
        ):
            yield {"service": service}

    return Starlette(
        routes=[Route("/health", _health), *blueprint.routes],
        exception_handlers=blueprint.exception_handlers,
        lifespan=lifespan,
    )


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})
