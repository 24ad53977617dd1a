"""What is found wrong in what a plugin says of itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_orchestra.spi import CallField, FieldUse, ProtocolPlugin
from pytest_orchestra.testing import check_connection, check_protocol_plugin


class Loose(BaseModel):
    name: str = ""


class Nested(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: dict[str, list[Loose]] | None = None
    again: list[Nested] = []


class Talkative(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str


class Lenient(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    url: str = ""


def test_a_plugin_that_keeps_the_contract_passes(plugin: ProtocolPlugin) -> None:
    check_protocol_plugin(plugin)


def field(name: str = "value", **more: object) -> CallField:
    return CallField(**{"name": name, "summary": "What.", **more})


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"id": "HTTP"}, "id is 'HTTP', not a lower-case word"),
        ({"id": "my-channel"}, "id is 'my-channel', not a lower-case word"),
        ({"channel": "Memory"}, "channel is 'Memory', not in upper case"),
        ({"lost": "LOST"}, "lost is no ViolationType"),
        ({"spec_parser": object()}, "spec_parser but no endpoint_matcher"),
        ({"call_fields": ()}, "call_fields is empty"),
        ({"call_fields": (field(), field())}, "call field 'value' stands twice"),
        ({"call_fields": (field("via"),)}, "'via' is a key of the engine"),
        ({"call_fields": (field("a b"),)}, "'a b' is not a word"),
        ({"call_fields": (field(summary=""),)}, "'value' has no summary"),
        ({"call_fields": (field(kinds=frozenset()),)}, "'value' belongs to no kind of step"),
        (
            {"call_fields": (field(use=FieldUse.STATEMENT, parts=frozenset({"a"})),)},
            "'value' is a STATEMENT and has parts",
        ),
        ({"roots": {"a b": "x"}}, "root 'a b' cannot be written in a rule"),
        ({"roots": {"len": "x"}}, "root 'len' has a meaning of its own in every rule"),
        ({"roots": {"data": "x"}}, "root 'data' has a meaning of its own in every rule"),
        ({"roots": {"each": "x"}}, "root 'each' has a meaning of its own in every rule"),
        ({"roots": {"a": ""}}, "root 'a' needs one line of explanation"),
        ({"roots": {"a": "b\nc"}}, "root 'a' needs one line of explanation"),
        ({"connection_model": Lenient}, "Lenient takes unknown keys in silence"),
        ({"connection_model": Nested}, "Loose takes unknown keys in silence"),
    ],
)
def test_each_broken_promise_is_named(
    plugin: ProtocolPlugin, changed: dict[str, object], breach: str
) -> None:
    for name, value in changed.items():
        setattr(plugin, name, value)
    with pytest.raises(AssertionError) as caught:
        check_protocol_plugin(plugin)
    assert breach in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_missing_is_named_first() -> None:
    with pytest.raises(AssertionError) as caught:
        check_protocol_plugin(SimpleNamespace(id="x", channel="X"))  # type: ignore[arg-type]
    assert "the plugin has no call_fields" in str(caught.value)
    assert "the plugin has no step_executor" in str(caught.value)


def test_all_breaches_are_told_together(plugin: ProtocolPlugin) -> None:
    plugin.id, plugin.channel = "X", "x"
    with pytest.raises(AssertionError, match=r"id is 'X'.*\nchannel is 'x'"):
        check_protocol_plugin(plugin)


def test_a_connection_that_hides_its_secrets_is_given(plugin: ProtocolPlugin) -> None:
    made = check_connection(plugin, {"password": "t0psecret"}, secrets=["t0psecret"])
    assert made.password.get_secret_value() == "t0psecret"


def test_a_secret_that_can_be_read_is_told_of_but_not_repeated(plugin: ProtocolPlugin) -> None:
    plugin.connection_model = Talkative
    with pytest.raises(AssertionError) as caught:
        check_connection(plugin, {"password": "t0psecret"}, secrets=["t0psecret"])
    assert str(caught.value).splitlines() == [
        f"a secret can be read in the {kind} of the connection"
        for kind in ("repr", "str", "JSON", "error of an unknown key")
    ]


def test_a_model_that_refuses_nothing_has_no_error_to_read(plugin: ProtocolPlugin) -> None:
    plugin.connection_model = Lenient
    assert check_connection(plugin, {"url": "x"}).url == "x"


def test_fields_that_are_wrong_are_the_models_own_error(plugin: ProtocolPlugin) -> None:
    with pytest.raises(ValidationError):
        check_connection(plugin, {"url": 5})
