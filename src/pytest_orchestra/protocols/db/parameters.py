"""Values are converted to the types that the server names for a statement's parameters."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.payloads import PayloadError, as_json, as_text

if TYPE_CHECKING:
    from asyncpg import Type

_TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
_KINDS = {
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "Decimal": "number",
    "str": "text",
    "tuple": "list",
}
"""What people call the values of their files."""
_FALSE = frozenset({"false", "f", "no", "n", "off", "0"})


def convert_all(values: Sequence[object], types: Sequence[Type]) -> list[object]:
    """Convert each value to its parameter's type; None is NULL.

    Raises:
        ConnectorError: one cannot be converted; the text names the parameter and its type, and
            does not show the value.
    """
    if len(values) != len(types):
        raise ConnectorError(
            f"the statement has {len(types)} parameters and was given {len(values)} values",
            code="db.parameter",
            hint="Write values as {{…}}, not as $1.",
        )
    return [
        _convert_one(value, type_, number)
        for number, (value, type_) in enumerate(zip(values, types, strict=True), start=1)
    ]


def unconvertible(number: int, type_: str, value: object, why: str = "") -> ConnectorError:
    """Give the error of a parameter; ``number`` counts from 1."""
    return ConnectorError(
        f"the parameter ${number} is of type {type_}, and the {_kind(value)} given does not fit"
        + (f": {why}" if why else ""),
        code="db.parameter",
        hint=f"Give another value, or let the server convert it: cast({{{{…}}}} as text)::{type_}",
    )


def _convert_one(value: object, type_: Type, number: int) -> object:
    try:
        if type_.kind == "array":
            return _array(value, type_.name.removesuffix("[]"))
        return _scalar(value, type_.name)
    except (PayloadError, ValueError, InvalidOperation, OverflowError) as error:
        why = str(error) if isinstance(error, PayloadError) else ""
        raise unconvertible(number, type_.name, value, why) from None


def _array(value: object, element: str) -> object:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise PayloadError("a list is needed")
    return [
        _array(part, element) if isinstance(part, list | tuple) else _scalar(part, element)
        for part in value
    ]


def _scalar(value: object, type_name: str) -> object:
    return None if value is None else _CONVERTERS.get(type_name, as_text)(value)


def _integer(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise PayloadError("it has a fraction")
    return int(number)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise PayloadError("a number is needed")
    return Decimal(str(value).strip())


def _float(value: object) -> float:
    return float(_number(value))


def _bool(value: object) -> bool:
    text = as_text(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise PayloadError("true or false is needed")
    return text in _TRUE


def _uuid(value: object) -> uuid.UUID:
    return uuid.UUID(as_text(value))


def _timestamp(value: object) -> dt.datetime:
    """Give a moment without an offset; one with an offset is meant in UTC."""
    moment = _moment(value)
    return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _timestamptz(value: object) -> dt.datetime:
    """Give a moment with an offset; one without is UTC."""
    moment = _moment(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def _date(value: object) -> dt.date:
    return _moment(value).date()


def _time(value: object) -> dt.time:
    return dt.time.fromisoformat(as_text(value))


def _moment(value: object) -> dt.datetime:
    return dt.datetime.fromisoformat(as_text(value).strip())


def _json(value: object) -> str:
    """Give JSON text; text is a JSON string, unless it is an object or an array already."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        return value
    return as_json(value)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray) else as_text(value).encode()


def _interval(value: object) -> str:
    if isinstance(value, dt.timedelta):
        return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"
    return as_text(value)


_CONVERTERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), _integer),
    **dict.fromkeys(("float4", "float8"), _float),
    **dict.fromkeys(("json", "jsonb"), _json),
    "bool": _bool,
    "bytea": _bytes,
    "date": _date,
    "interval": _interval,
    "numeric": _number,
    "time": _time,
    "timetz": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "uuid": _uuid,
}
"""By the type's name; any other type is given text, which the server reads."""


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "mapping"
    name = type(value).__name__
    return _KINDS.get(name, name)
