"""Values and the types that the server names."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db.parameters import convert_all

UTC = dt.UTC
ID = "12345678-1234-5678-1234-567812345678"


def named(name: str) -> Any:  # noqa: ANN401  the driver's type cannot be made
    kind = "array" if name.endswith("[]") else "scalar"
    return SimpleNamespace(name=name, kind=kind, schema="pg_catalog")


def convert(value: object, type_name: str) -> object:
    return convert_all([value], [named(type_name)])[0]


@pytest.mark.parametrize(
    ("value", "type_name", "converted"),
    [
        ("7", "int4", 7),
        (Decimal("7.0"), "int8", 7),
        (" 7 ", "int2", 7),
        (7, "text", "7"),
        (True, "text", "true"),
        (Decimal("1.10"), "varchar", "1.10"),
        ({"a": [1]}, "text", '{"a":[1]}'),
        ("12.10", "numeric", Decimal("12.10")),
        (12.1, "numeric", Decimal("12.1")),
        ("1.5", "float8", 1.5),
        ("yes", "bool", True),
        (0, "bool", False),
        (ID, "uuid", uuid.UUID(ID)),
        (uuid.UUID(ID), "uuid", uuid.UUID(ID)),
        ("2026-11-21", "date", dt.date(2026, 11, 21)),
        ("2026-11-21T10:00:00Z", "date", dt.date(2026, 11, 21)),
        ("10:30", "time", dt.time(10, 30)),
        ("2026-11-21 10:00", "timestamp", dt.datetime(2026, 11, 21, 10)),  # noqa: DTZ001  has none
        (
            "2026-11-21T10:00:00+02:00",
            "timestamp",
            dt.datetime(2026, 11, 21, 8),  # noqa: DTZ001  the type has no offset
        ),
        ("2026-11-21T10:00:00", "timestamptz", dt.datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21T10:00:00Z", "timestamptz", dt.datetime(2026, 11, 21, 10, tzinfo=UTC)),
        (
            dt.datetime(2026, 11, 21, 10, tzinfo=UTC),
            "timestamptz",
            dt.datetime(2026, 11, 21, 10, tzinfo=UTC),
        ),
        ({"a": Decimal("1.10")}, "jsonb", '{"a":1.10}'),
        ('{"a": 1}', "json", '{"a": 1}'),
        ("NEW", "jsonb", '"NEW"'),
        ("7", "jsonb", '"7"'),
        (True, "jsonb", "true"),
        (b"\x00", "bytea", b"\x00"),
        ("hi", "bytea", b"hi"),
        ("1 day", "interval", "1 day"),
        (dt.timedelta(days=1, seconds=2, microseconds=5), "interval", "1 days 2.000005 seconds"),
        ("ISSUED", "invoice_status", "ISSUED"),
        (["1", None, 2], "int4[]", [1, None, 2]),
        ([["a"], [7]], "text[]", [["a"], ["7"]]),
        (None, "int4", None),
        (None, "int4[]", None),
    ],
)
def test_a_value_is_converted_to_the_type_of_its_parameter(
    value: object, type_name: str, converted: object
) -> None:
    found = convert(value, type_name)

    assert found == converted
    assert type(found) is type(converted)


@pytest.mark.parametrize(
    ("value", "type_name", "words"),
    [
        ("sesame", "int4", "of type int4, and the text given does not fit."),
        (Decimal("7.5"), "int4", "the number given does not fit: it has a fraction"),
        (True, "int4", "the boolean given does not fit: a number is needed"),
        ({"a": 1}, "numeric", "the mapping given does not fit: a number is needed"),
        ("maybe", "bool", "the text given does not fit: true or false is needed"),
        ("sesame", "uuid", "of type uuid"),
        ("21.11.2026", "date", "of type date"),
        ("sesame", "int4[]", "the text given does not fit: a list is needed"),
        ([object()], "text[]", "the list given does not fit"),
        (object(), "jsonb", "the object given does not fit"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_number_and_type_and_not_shown(
    value: object, type_name: str, words: str
) -> None:
    with pytest.raises(ConnectorError) as caught:
        convert_all(["1", value], [named("int4"), named(type_name)])

    assert caught.value.code == "db.parameter"
    assert words in str(caught.value)
    assert "$2" in str(caught.value)
    assert f"::{type_name}" in caught.value.hint
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_as_many_values_as_parameters_are_needed() -> None:
    with pytest.raises(ConnectorError, match="has 1 parameters and was given 0 values"):
        convert_all([], [named("int4")])
