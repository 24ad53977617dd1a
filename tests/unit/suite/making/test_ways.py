"""Values that take a way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.suite.making.ways import NoValuesError, WayData, way_values

WayOf = Callable[..., WayData]


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        (["amount > 1000"], "amount"),
        (["not: amount > 1000", "amount > 10"], "amount"),
        (["order.total >= 5 and order.total < 7"], "order"),
        (["card == 'visa' or card == 'giro'", "card != 'visa'"], "card"),
        (["vip", "not: blocked"], "vip blocked"),
        (["2: amount > visit"], "amount"),
        (["amount > 10 and stock > 5"], "amount"),
        (["stock > 5"], "amount"),
    ],
)
def test_what_is_asked_is_met(way_of: WayOf, conditions: list[str], names: str) -> None:
    """Names that no data has are the system's, and no set gets them."""
    way = way_of(*conditions, names=names)
    values = way_values(way)
    assert way.misses(values) == ""
    assert values.keys() <= set(names.split())


def test_what_descriptions_say_is_met_too(way_of: WayOf) -> None:
    places = {("amount",): {"type": "integer", "maximum": 5000}, ("sku",): {"enum": ["a", "b"]}}
    way = way_of("amount > 4998", "sku != 'a'", names="amount sku", places=places)
    values = way_values(way)
    assert values["sku"] == "b"
    assert values["amount"] in {4999, 5000}


def test_an_object_that_conditions_look_into_gets_the_rest_of_it(way_of: WayOf) -> None:
    """Where a call sends it as a whole; what conditions ask stays, null too."""
    buyer = {
        "type": "object",
        "required": ["name", "vip"],
        "properties": {"name": {"enum": ["Ada"]}, "vip": {"type": "boolean"}},
    }
    order = {
        "type": "object",
        "required": ["amount", "buyer", "note", "sku"],
        "properties": {
            "amount": {"type": "integer"},
            "buyer": buyer,
            "note": {"type": ["string", "null"]},
            "sku": {"enum": ["mug"]},
        },
    }
    asked = ["order.amount = 7", "order.buyer.vip", "order.note = null"]
    way = way_of(*asked, names="order", places={("order",): order})
    assert way_values(way) == {
        "order": {"amount": 7, "buyer": {"name": "Ada", "vip": True}, "note": None, "sku": "mug"}
    }


def test_what_cannot_be_solved_is_searched_for(way_of: WayOf) -> None:
    """Lists are put together from what descriptions allow and conditions name, no item twice."""
    card = {"type": "string", "pattern": "^tok_[a-z_]{1,20}$"}
    places = {("cards", 0): card, ("cards", 1): card}
    asked = ["1: cards[visit] = 'tok_retry'", '2: starts with(cards[visit], "tok_ok")']
    values = way_values(way_of(*asked, names="cards", places=places))
    assert values == {"cards": ["tok_retry", "tok_ok_2"]}


def test_a_list_that_no_description_knows_gets_an_item_a_visit(way_of: WayOf) -> None:
    """What a step reads of it says that it is one."""
    asked = ["1: cards[visit] = 'bad'", "2: cards[visit] = 'good'"]
    way = replace(way_of(*asked, names="cards"), read=(("cards", 0), ("cards", 1)))
    assert way_values(way) == {"cards": ["bad", "good"]}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2: cards[visit].kind = 'x'", ("cards", 1, "kind")),
        ("order.cards[2] = 'x'", ("order", "cards", 1)),
        ("cards[1][2] = 'x'", ("cards", 0, 1)),
        ("cards[item = 'x'] = 'x'", ("cards",)),
        ("cards[visit - 1] = 'x'", ("cards",)),
        ("cards[1.5] = 'x'", ("cards",)),
        ("count(cards)[1] = 2", ("cards",)),
    ],
)
def test_items_that_are_read_by_their_number_are_places(
    way_of: WayOf, text: str, place: tuple[str | int, ...]
) -> None:
    assert way_of(text, names="cards order").asked.places == (place,)


def test_a_value_may_be_given(way_of: WayOf) -> None:
    way = way_of("amount > limit", names="amount limit")
    values = way_values(way, (("limit",), 70))
    assert values["limit"] == 70
    assert values["amount"] > 70  # type: ignore[operator]
    inside = {("cards", 0): {"type": "string"}}
    given = way_values(way_of(names="cards", places=inside), (("cards", 0), "x"))
    assert given == {"cards": ["x"]}


def test_a_clash_is_named(way_of: WayOf) -> None:
    way = way_of("vip", "amount > 10", "not: amount > 5", names="amount vip")
    with pytest.raises(NoValuesError) as refused:
        way_values(way)
    assert str(refused.value) == "no data can meet `amount > 10` and `not (amount > 5)`"


def test_what_is_not_found_says_what_was_missed(way_of: WayOf) -> None:
    places = {("amount",): {"type": "integer", "maximum": 50}, ("cards", 0): {"enum": ["a"]}}
    way = way_of("cards[1] = 'x' and cards[1] != 'x'", names="amount cards", places=places)
    with pytest.raises(NoValuesError, match=r"no values were found; .*|no data can meet"):
        way_values(way)
