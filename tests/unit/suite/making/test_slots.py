"""Where calls read data as it is."""

from __future__ import annotations

import pytest

from pytest_orchestra.suite.making.slots import slots_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{{data.customer}}", ("customer",)),
        (" {{ data.order.items[0].sku }} ", ("order", "items", 0, "sku")),
        ("{{data['a b']}}", ("a b",)),
        ('{{data["a"]}}', ("a",)),
        ("{{data.cards[visit]}}", ("cards", 2)),
        ("{{data.cards[visit - 1]}}", ("cards", 1)),
        ("{{data.cards[visit + 1]}}", ("cards", 3)),
        ("{{each.items.sku}}", ("items", 2, "sku")),
    ],
)
def test_a_whole_template_of_a_path_is_a_slot(text: str, place: tuple[str | int, ...]) -> None:
    [slot] = slots_of({"input": {"body": [text]}}, 2, {"items": 3})
    assert slot.place == place
    assert slot.field == ("input", "body", 0)


@pytest.mark.parametrize(
    "text",
    [
        *("plain", "{{data}}", "Dear {{data.customer}}", "{{step.a.b}}", "{{data.a | upper}}"),
        *("{{data.cards[-1]}}", "{{data.cards[other]}}", "{{data.cards[visit - 9]}}"),
        "{{each.others.sku}}",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert list(slots_of({"input": text, "number": 4}, 2, {"items": 3})) == []
