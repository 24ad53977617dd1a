"""Documents become models, or problems in plain words at the right places."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, RootModel, SecretStr, field_validator, model_validator

from pytest_orchestra.documents.decoding import decode, decode_value
from pytest_orchestra.documents.models import DocumentModel, Duration, Flag, Refusal, Whole
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.model import SourceLocation


class Mode(Enum):
    SYNC = "sync"
    OPEN = "open"


class Http(DocumentModel):
    channel: Literal["http"]
    endpoint: str
    mode: Mode = Mode.SYNC


class Kafka(DocumentModel):
    channel: Literal["kafka"]
    topic: str
    headers: Mapping[str, str] = MappingProxyType({})


class Credential(DocumentModel):
    user: str = ""
    bearer: SecretStr | None = None


class Step(DocumentModel):
    later: ClassVar[Mapping[str, str]] = {"retry": "", "use": "Write the step out."}

    name: str = ""
    at: str | tuple[str, ...] = ()
    credential: str = Field(default="", alias="as")
    action: Annotated[Http | Kafka, Field(discriminator="channel")] | None = None
    within: Duration = 10.0
    count: Annotated[Whole, Field(ge=1, le=5)] = 1
    ratio: Decimal = Decimal(1)
    active: Flag = True
    level: Literal["error", "warn", "off"] = "error"
    body: object = None
    login: dict[str, Credential] = Field(default_factory=dict)
    process: str | Credential | list[str] = ""

    @field_validator("name")
    @classmethod
    def _no_dots(cls, name: str) -> str:
        if name == "...":
            raise Refusal("a name of dots", hint="Use words.", code="dots")
        if name == "---":
            raise ValueError("a name of dashes")
        return name

    @model_validator(mode="after")
    def _no_zero(self) -> Step:
        if self.body == [0]:
            raise Refusal("zero alone", at=("body", 0))
        return self


class Suite(DocumentModel):
    steps: tuple[Step, ...]
    name: str = ""


def found(text: str, model: type[BaseModel] = Suite) -> list[str]:
    """The problems of a YAML text, which must have some."""
    value, problems = decode(parse_document(text, file="f.yaml"), model)
    assert value is None
    return [str(problem) for problem in problems]


def step(text: str) -> list[str]:
    """The problems of one step, without their place."""
    return [line.partition("error")[2] for line in found(f"steps:\n  - {{{text}}}\n")]


def test_a_good_document_becomes_its_model() -> None:
    text = """\
x-own: &a {channel: kafka, topic: t, headers: {x-tenant: acme}}
steps:
  - {at: A, as: clerk, action: *a, within: 2m, ratio: 0.10, x-note: mine}
  - {at: [A, B], action: {channel: http, endpoint: e, mode: open}, body: {x-a: 1.50}}
"""
    suite, problems = decode(parse_document(text, file="f.yaml"), Suite)
    assert problems == ()
    assert suite is not None
    first, second = suite.steps
    assert first.credential == "clerk"
    assert first.within == 120
    assert first.action == Kafka(channel="kafka", topic="t", headers={"x-tenant": "acme"})
    assert str(first.ratio) == "0.10"
    assert second.at == ("A", "B")
    assert second.action == Http(channel="http", endpoint="e", mode=Mode.OPEN)
    assert second.body == {"x-a": Decimal("1.50")}


def test_all_mistakes_come_together_in_the_files_order() -> None:
    text = """\
steps:
  - nam: x
    count: 9
    action: {channel: http, endpont: e}
  - active: yes
    within: 10
nme: Order
"""
    assert found(text) == [
        "f.yaml:2:5: error[unknown-key] unknown key 'nam'. Did you mean 'name'?",
        "f.yaml:3:12: error[bad-value] expected at most 5, found number 9",
        "f.yaml:4:13: error[missing-key] the key 'endpoint' is missing. Add it.",
        "f.yaml:4:29: error[unknown-key] unknown key 'endpont'. Did you mean 'endpoint'?",
        (
            "f.yaml:5:13: error[bad-value] expected true or false, found text 'yes'."
            " Write true or false, without quotes."
        ),
        (
            "f.yaml:6:13: error[bad-value] expected a duration, found number 10."
            " Write a number and its unit: 100ms, 10s, 2m, 1h."
        ),
        "f.yaml:7:1: error[unknown-key] unknown key 'nme'. Did you mean 'name'?",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: 5", "[bad-value] expected text, found number 5. Put it in quotes."),
        ("name: true", "[bad-value] expected text, found true. Put it in quotes."),
        ("name: ~", "[bad-value] expected text, found nothing"),
        ("name: [a]", "[bad-value] expected text, found a list"),
        ("at: 7", "[bad-value] expected text or a list, found number 7. Put it in quotes."),
        ("at: [1]", "[bad-value] expected text, found number 1. Put it in quotes."),
        ("at: {a: 1}", "[bad-value] expected text or a list, found a mapping"),
        ("process: 7", "[bad-value] expected text, a mapping or a list, found another value"),
        ("process: {usr: x}", "[unknown-key] unknown key 'usr'. Did you mean 'user'?"),
        ("count: x", "[bad-value] expected a whole number, found text 'x'"),
        ("count: 1.5", "[bad-value] expected a whole number, found number 1.5"),
        ("count: 0", "[bad-value] expected at least 1, found number 0"),
        ("ratio: x", "[bad-value] expected a number, found text 'x'"),
        ("level: wrn", "[bad-value] expected one of error, warn, off, found text 'wrn'. Did you"),
        ("level: x", "[bad-value] expected one of error, warn, off, found text 'x'"),
        ("login: []", "[bad-value] expected a mapping, found a list"),
        ("action: text", "[bad-value] expected a mapping, found text 'text'"),
        ("action: {}", "[missing-key] the key 'channel' is missing. Add it."),
        ("action: {channel: htp}", "[bad-value] expected one of http, kafka, found text 'htp'."),
        ("action: {channel: http, endpoint: e, mode: opn}", "[bad-value] expected one of sync, op"),
        ("retry: {}", "[not-yet] the key 'retry' is not there yet. Leave it out."),
        ("use: lib.x", "[not-yet] the key 'use' is not there yet. Write the step out."),
        ("name: '...'", "[dots] a name of dots. Use words."),
        ("name: '---'", "[bad-value] a name of dashes"),
        ("body: [0]", "[bad-value] zero alone"),
        ("zzzzz: 1", "[unknown-key] unknown key 'zzzzz'. Known keys: action, active, as, at, bo"),
    ],
)
def test_every_mistake_has_plain_words_and_is_told_once(text: str, complaint: str) -> None:
    (line,) = step(text)
    assert line.startswith(complaint)


def test_a_refusal_points_at_the_part_it_names() -> None:
    assert found("steps:\n  - body: [0]\n")[0].startswith("f.yaml:2:12:")


def test_the_tag_of_a_union_is_told_where_it_stands() -> None:
    assert found("steps:\n  - action: {channel: x}\n")[0].startswith("f.yaml:2:23:")


def test_a_mistake_that_an_alias_repeats_is_told_once() -> None:
    text = "x-a: &a {channel: http}\nsteps:\n  - action: *a\n  - action: *a\n"
    assert found(text) == ["f.yaml:1:6: error[missing-key] the key 'endpoint' is missing. Add it."]


@pytest.mark.parametrize("text", ["", "- a", "text"])
def test_a_file_that_is_no_mapping(text: str) -> None:
    (line,) = found(text)
    assert "expected a mapping, found" in line


def test_two_models_without_a_tag_say_each_thing_once() -> None:
    class Either(DocumentModel):
        one: Credential | Http

    lines = found("one: {bearr: 1, user: 5}", Either)
    assert len(lines) == len(set(lines))
    assert [line.partition("error")[2] for line in lines if "user" not in line] == [
        "[missing-key] the key 'channel' is missing. Add it.",
        "[missing-key] the key 'endpoint' is missing. Add it.",
        "[unknown-key] unknown key 'bearr'. Did you mean 'bearer'?",
        "[unknown-key] unknown key 'bearr'. Known keys: channel, endpoint, mode.",
        "[bad-value] expected text, found number 5. Put it in quotes.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "login: {a: {bearer: 77777}}",
        "login: {a: {bearer: [77777]}}",
        "login: {a: 77777}",
        "login: 77777",
        "process: 77777",
        "login: {a: {bearr: 77777}}",
    ],
)
def test_secrets_are_in_no_text(text: str) -> None:
    (line,) = step(text)
    assert "77777" not in line


def test_what_is_beside_a_secret_is_shown() -> None:
    assert "found number 5" in step("login: {a: {user: 5}}")[0]


def test_a_model_that_holds_itself_is_searched_once() -> None:
    assert "found number 5" in found("name: 5", Tree)[0]
    assert "found number 6" in found("children: [{children: 6}]", Tree)[0]


class Tree(DocumentModel):
    name: str = ""
    children: tuple[Tree, ...] = ()


def test_a_file_that_is_a_list_of_models() -> None:
    class Steps(RootModel[list[Step]]):
        pass

    assert found("- {nam: x}\n- {retry: 1}\n", Steps) == [
        "f.yaml:1:4: error[unknown-key] unknown key 'nam'. Did you mean 'name'?",
        "f.yaml:2:4: error[not-yet] the key 'retry' is not there yet. Leave it out.",
    ]
    assert "expected a list, found nothing" in found("", Steps)[0]


def test_a_part_of_a_document() -> None:
    document = parse_document("a: {b: {user: 5}}", file="f.yaml")
    value, problems = decode(document, Credential, at=("a", "b"))
    assert value is None
    assert str(problems[0]).startswith("f.yaml:1:15: ")
    good = parse_document("a: {b: {user: c}}", file="f.yaml")
    assert decode(good, Credential, at=("a", "b")) == (Credential(user="c"), ())


def test_a_value_that_stands_in_no_file_as_it_is() -> None:
    def locate(path: tuple[str | int, ...] = (), offset: int = 0) -> SourceLocation:
        return SourceLocation(file="env", line=len(path) + 1, column=offset)

    _, problems = decode_value({"user": 5, "zzz": 1}, Credential, locate=locate)
    assert [str(problem) for problem in problems] == [
        "env:2: error[bad-value] expected text, found number 5. Put it in quotes.",
        "env:2: error[unknown-key] unknown key 'zzz'. Known keys: bearer, user.",
    ]


def test_constraints_in_plain_words() -> None:
    class Bounds(BaseModel):
        a: int = Field(default=1, gt=1)
        b: int = Field(default=1, lt=1)
        c: str = Field(default="", min_length=2)
        d: str = Field(default="", max_length=1)
        e: list[int] = Field(default=[], min_length=1)
        f: list[int] = Field(default=[], max_length=1)
        g: str = Field(default="", pattern="^a")
        h: int = Field(default=1, multiple_of=2)
        i: None = None
        j: bytes = b""

    text = "{a: 1, b: 1, c: x, d: xx, e: [], f: [1, 2], g: b, h: 3, i: 4, j: 5}"
    assert [line.partition("] ")[2] for line in found(text, Bounds)] == [
        "expected a number above 1, found number 1",
        "expected a number below 1, found number 1",
        "expected at least 2 characters, found text 'x'",
        "expected at most 1 characters, found text 'xx'",
        "expected at least 1 of them, found a list",
        "expected at most 1 of them, found a list",
        "expected text that matches ^a, found text 'b'",
        "expected a multiple of 2, found number 3",
        "expected nothing, found number 4",
        "Input should be a valid bytes",
    ]
