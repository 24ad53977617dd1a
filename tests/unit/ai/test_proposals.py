"""Data sets that a model proposes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.ai.client import AiClient
from pytest_orchestra.ai.prompts import Wish, messages_for
from pytest_orchestra.ai.proposals import MAX_AT_ONCE, Proposed, propose_sets
from pytest_orchestra.errors import ConnectorError

if TYPE_CHECKING:
    from conftest import Endpoint

HIGH = Wish(
    scenario="amount-high",
    conditions=("amount > 1000",),
    fields={"amount": {"type": "number", "minimum": Decimal("0.5"), "example": 4711}},
)
LOW = Wish(scenario="main", conditions=("not (amount > 1000)",), fields={"amount": {}})


def check(scenario: str, values: Mapping[str, object]) -> str:
    """The conditions of two ways."""
    amount = values.get("amount")
    if not isinstance(amount, int | Decimal):
        return "amount is no number"
    return "" if (amount > 1000) is (scenario == "amount-high") else "amount is wrong"


def proposed(endpoint: Endpoint, *wishes: Wish) -> Proposed:
    """What the endpoint's model proposes."""
    return propose_sets(wishes, AiClient(endpoint.settings()), check)


def test_a_proposal_that_passes_is_taken_with_its_origin(endpoint: Endpoint) -> None:
    sets = [{"scenario": "amount-high", "name": "A Big Order!", "values": {"amount": 2000}}]
    endpoint.says({"sets": sets})
    found = proposed(endpoint, HIGH)
    (only,) = found.sets
    assert not found.refused
    assert (only.scenario, only.name, only.values) == (
        "amount-high",
        "a-big-order",
        {"amount": 2000},
    )
    assert only.model == "tiny"
    assert len(only.prompt_hash) == 16


def test_one_that_leaves_its_way_is_refused_with_the_reason(endpoint: Endpoint) -> None:
    sets = [{"scenario": "amount-high", "values": {"amount": 20}}]
    endpoint.says({"sets": [*sets, {"scenario": "unheard-of", "values": {}}]})
    found = proposed(endpoint, HIGH, LOW)
    assert not found.sets
    assert found.refused == (
        ("amount-high", "amount is wrong"),
        ("main", "the model proposed nothing"),
    )


def test_the_first_of_several_counts_and_has_a_name(endpoint: Endpoint) -> None:
    sets = [{"scenario": "main", "values": {"amount": number}} for number in (5, 6)]
    endpoint.says({"sets": sets})
    (only,) = proposed(endpoint, LOW).sets
    assert (only.name, only.values) == ("main-proposed", {"amount": 5})


def test_only_names_types_limits_and_conditions_are_told(endpoint: Endpoint) -> None:
    endpoint.says({"sets": []})
    proposed(endpoint, HIGH)
    (_, body) = endpoint.asked[0]
    told = json.loads(body["messages"][1]["content"])
    assert told == {
        "scenarios": [
            {
                "scenario": "amount-high",
                "conditions": ["amount > 1000"],
                "fields": {"amount": {"type": "number", "minimum": 0.5}},
            }
        ]
    }
    assert "4711" not in json.dumps(body)


def test_examples_and_defaults_deep_in_a_schema_are_not_told() -> None:
    secret = {"type": "string", "default": "me@home.example", "examples": ["me@home.example"]}
    fields = {
        "people": {
            "type": "array",
            "description": "me@home.example",
            "items": {"type": "object", "properties": {"mail": secret, "any": True}},
        }
    }
    wish = Wish(scenario="main", conditions=(), fields=fields)
    (_, user) = messages_for([wish])
    assert "me@home" not in user.content
    assert json.loads(user.content)["scenarios"][0]["fields"]["people"]["items"] == {
        "type": "object",
        "properties": {"mail": {"type": "string"}},
    }


def test_many_scenarios_are_asked_for_in_turns(endpoint: Endpoint) -> None:
    endpoint.says({"sets": []})
    wishes = [Wish(scenario=f"s{n}", conditions=(), fields={}) for n in range(MAX_AT_ONCE + 1)]
    assert len(proposed(endpoint, *wishes).refused) == MAX_AT_ONCE + 1
    assert len(endpoint.asked) == 2


def test_a_prompt_does_not_grow_without_end(endpoint: Endpoint) -> None:
    endpoint.says({"sets": []})
    long = [Wish(scenario=f"s{n}", conditions=("x" * 40_000,), fields={}) for n in range(2)]
    proposed(endpoint, *long)
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [{}, {"sets": 1}, {"sets": [1]}, {"sets": [{"scenario": "a"}]}, [], {"sets": [{}] * 500}],
)
def test_json_of_another_form_is_told(endpoint: Endpoint, answer: object) -> None:
    endpoint.says(answer)
    with pytest.raises(ConnectorError, match="not what was asked for"):
        proposed(endpoint, HIGH)


def test_nothing_is_asked_for_nothing(endpoint: Endpoint) -> None:
    assert proposed(endpoint) == Proposed(sets=(), refused=())
    assert not endpoint.asked
