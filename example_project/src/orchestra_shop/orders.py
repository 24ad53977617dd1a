"""The orders API, as ``specs/orders.openapi.yaml`` describes it."""

from contextlib import nullcontext
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestra_shop.order_book import TABLES, NotNowError, OrderBook, UnknownOrderError
from orchestra_shop.service import Blueprint, run

Card = Annotated[str, Field(pattern="^tok_[a-z0-9_]{1,40}$")]
SHOWN = ("customer", "sku", "quantity", "status", "attempt")


class Body(BaseModel):
    """A request's body; other fields than these are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewOrder(Body):
    """What a customer wants."""

    customer: Annotated[str, Field(min_length=1, max_length=80)]
    sku: Literal["mug", "lamp", "portrait", "desk"]
    quantity: Annotated[int, Field(ge=1, le=100)]
    card: Card


class Approval(Body):
    """What the manager says."""

    approved: bool


class Payment(Body):
    """Another card."""

    card: Card


Read = TypeVar("Read", bound=Body)


async def create_order(request: Request) -> Response:
    """POST /orders."""
    new = await _body(request, NewOrder)
    order = await _book(request).place(**new.model_dump())
    return JSONResponse(_shown(order), 201, headers={"Location": f"/orders/{order['id']}"})


async def get_order(request: Request) -> Response:
    """GET /orders/{order_id}."""
    return JSONResponse(_shown(await _book(request).get(_order_id(request))))


async def approve_order(request: Request) -> Response:
    """POST /orders/{order_id}/approval."""
    approval = await _body(request, Approval)
    book = _book(request)
    decide = book.approve if approval.approved else book.reject
    return JSONResponse(_shown(await decide(_order_id(request))), 202)


async def cancel_order(request: Request) -> Response:
    """POST /orders/{order_id}/cancellation."""
    return JSONResponse(_shown(await _book(request).cancel(_order_id(request))), 202)


async def pay_order(request: Request) -> Response:
    """POST /orders/{order_id}/payment."""
    payment = await _body(request, Payment)
    return JSONResponse(_shown(await _book(request).pay(_order_id(request), payment.card)), 202)


def _book(request: Request) -> OrderBook:
    book: OrderBook = request.state.service
    return book


def _order_id(request: Request) -> UUID:
    text = request.path_params["order_id"]
    try:
        return UUID(text)
    except ValueError:
        raise UnknownOrderError(f"there is no order {text}") from None


async def _body(request: Request, kind: type[Read]) -> Read:
    return kind.model_validate_json(await request.body())


def _shown(order: asyncpg.Record) -> dict[str, object]:
    return {
        "id": str(order["id"]),
        **{name: order[name] for name in SHOWN},
        "total": float(order["total"]),
        "placed_at": order["placed_at"].isoformat(),
    }


async def _refuse(_request: Request, error: Exception) -> Response:
    match error:
        case UnknownOrderError():
            return JSONResponse({"detail": str(error)}, 404)
        case NotNowError():
            return JSONResponse({"detail": str(error)}, 409)
        case ValidationError():
            return JSONResponse({"detail": _complaints(error)}, 422)
        case _:
            raise error


def _complaints(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in error.errors()
    )


BLUEPRINT = Blueprint(
    name="orders",
    tables=TABLES,
    open=lambda database, publisher: nullcontext(OrderBook(database, publisher)),
    routes=[
        Route("/orders", create_order, methods=["POST"]),
        Route("/orders/{order_id}", get_order, methods=["GET"]),
        Route("/orders/{order_id}/approval", approve_order, methods=["POST"]),
        Route("/orders/{order_id}/cancellation", cancel_order, methods=["POST"]),
        Route("/orders/{order_id}/payment", pay_order, methods=["POST"]),
    ],
    exception_handlers=dict.fromkeys((UnknownOrderError, NotNowError, ValidationError), _refuse),
)

if __name__ == "__main__":
    run(BLUEPRINT)
