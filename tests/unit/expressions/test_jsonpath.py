"""JSONPath: the examples of RFC 9535, and what is said about paths that are none."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pytest_orchestra.expressions.jsonpath import MAX_PATH, jsonpath

BOOKS = [
    {"category": "reference", "author": "Rees", "title": "Sayings", "price": Decimal("8.95")},
    {"category": "fiction", "author": "Waugh", "title": "Sword", "price": Decimal("12.99")},
    {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0", "price": 8.99},
    {"category": "fiction", "author": "Tolkien", "title": "Rings", "isbn": "1", "price": 22.99},
]
STORE = {"store": {"book": BOOKS, "bicycle": {"color": "red", "price": 399}}, "limit": 10}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.store.book[*].author", ["Rees", "Waugh", "Melville", "Tolkien"]),
        ("$..author", ["Rees", "Waugh", "Melville", "Tolkien"]),
        ("$.store..price", [Decimal("8.95"), Decimal("12.99"), 8.99, 22.99, 399]),
        ("$..book[2].title", ["Moby"]),
        ("$..book[-1].title", ["Rings"]),
        ("$..book[0,1].title", ["Sayings", "Sword"]),
        ("$..book[:2].title", ["Sayings", "Sword"]),
        ("$..book[::-2].title", ["Rings", "Sword"]),
        ("$..book[::0]", []),
        ("$..book[?@.isbn].title", ["Moby", "Rings"]),
        ("$..book[?(@.price < 10)].title", ["Sayings", "Moby"]),
        ("$..book[?@.price <= 8.95].title", ["Sayings"]),
        ("$..book[?@.price > $.limit && @.isbn].title", ["Rings"]),
        ("$..book[?!@.isbn || (@.title >= 'Rings')].title", ["Sayings", "Sword", "Rings"]),
        ('$..book[?@.author == "Rees"].title', ["Sayings"]),
        ("$..book[?@.isbn != '0' && @.isbn != $.nothing].title", ["Rings"]),
        ("$..book[?@.isbn == @.nothing].title", ["Sayings", "Sword"]),
        ("$.store['bicycle'][\"color\"]", ["red"]),
        ("$['store', 'limit'].bicycle.color", ["red"]),
        ("$.store.bicycle[?@ == 'red']", ["red"]),
        ("$.store.bicycle[?@ > true]", []),
        ("$..[?@ == null]", []),
        ("$.store.book.author", []),
        ("$.limit[0]", []),
        ("$", [STORE]),
        ("$['\\u006cimit']", [10]),
        ("$.store.book[?@['price'] == 8.95]..category", ["reference"]),
        ("$.limit.*", []),
    ],
)
def test_what_is_found(path: str, found: list[object]) -> None:
    assert jsonpath(STORE, path) == found


def test_all_parts_come_outer_ones_first() -> None:
    assert jsonpath({"a": [1, {"b": 2}]}, "$..*") == [[1, {"b": 2}], 1, {"b": 2}, 2]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "the JSONPath goes wrong after '': it ends too early"),
        ("store", "after '': 'store' does not belong there"),
        ("$.", "after '$.': it ends too early"),
        ("$.store[", "it ends too early"),
        ("$[?]", "after '$[?': ']' does not belong there"),
        ("$[?@.a = 1]", "after '$[?@.a': '=' does not belong there"),
        ("$[?@.a == ]", "after '$[?@.a ==': ']' does not belong there"),
        ("$[?1]", "does not belong there"),
        ("$[1.5]", "after '$[': '1.5' does not belong there"),
        ("$[?@.* == 1]", "compares what may be several values: @.* == 1"),
        ("$[?length(@) > 1]", "after '$[?': 'length' does not belong there"),
        ("$.a b", "'b' does not belong there"),
        ("$['a", "does not belong there"),
        ("$[?" + "(" * 50, "more than 20 brackets in each other"),
        ("$[?" + "!" * 50, "more than 20 brackets in each other"),
        ("$" * (MAX_PATH + 1), "more than 1000 characters"),
    ],
)
def test_what_is_no_path(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        jsonpath(STORE, path)
