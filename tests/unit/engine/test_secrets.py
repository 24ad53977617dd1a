"""Secrets stay inside."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
from base64 import b64encode
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from pytest_orchestra.engine.secrets import DEEPEST, Mask


class Credential(BaseModel):
    """As HTTP has them."""

    basic: tuple[str, SecretStr] | None = None
    header: dict[str, SecretStr] | None = None


class Connection(BaseModel):
    """Secrets of all sorts."""

    url: str = "http://shop"
    user: str = "clerk"
    password: SecretStr | None = None
    credentials: dict[str, Credential] = {}
    tokens: list[SecretStr] = []


def mask_of(*secrets: str) -> Mask:
    mask = Mask()
    for secret in secrets:
        mask.add(secret)
    return mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hunter22", "***"),
        ("x=hunter22;", "x=***;"),
        ("Bearer hunter22", "Bearer ***"),
        ("hunter22 and hunter22", "*** and ***"),
        ("hunter223 xhunter22 hunter22_", "hunter223 xhunter22 hunter22_"),
        ("nothing", "nothing"),
        ("", ""),
    ],
)
def test_values_are_hidden_as_whole_words(text: str, masked: str) -> None:
    """A word that holds one is another word."""
    assert mask_of("hunter22").text(text) == masked


def test_short_values_are_not_hidden() -> None:
    """They would blot out innocent text."""
    assert mask_of("12345").text("12345") == "12345"
    assert mask_of("123456").text("123456") == "***"


def test_the_longer_secret_goes_first() -> None:
    """One may begin with another."""
    assert mask_of("abc-def", "abc-def-ghi").text("abc-def-ghi abc-def") == "*** ***"


def test_a_secret_may_begin_and_end_with_any_sign() -> None:
    """There is no word's edge then."""
    assert mask_of("!s3cret!").text("pw!s3cret!pw") == "pw***pw"
    assert mask_of("(s3cret)").text("(s3cret)") == "***"


@pytest.mark.parametrize(
    "text",
    [
        'a"b\\c ä/ß',
        "a%22b%5Cc%20%C3%A4%2F%C3%9F",
        "a%22b%5Cc%20%C3%A4/%C3%9F",
        "a%22b%5Cc+%C3%A4%2F%C3%9F",
        'a\\"b\\\\c \\u00e4/\\u00df',
        'a\\"b\\\\c ä/ß',
        'a"b\\\\c ä/ß',
    ],
)
def test_every_way_of_writing_a_secret_is_hidden(text: str) -> None:
    """In URLs, in JSON, in Python's notation."""
    assert mask_of('a"b\\c ä/ß').text(f"x={text}&") == "x=***&"


def test_passwords_in_urls_are_hidden_whoever_wrote_them() -> None:
    """By their place, so short ones too."""
    mask = Mask()
    assert mask.text("at postgresql://shop:pw@db:5432/x failed") == (
        "at postgresql://shop:***@db:5432/x failed"
    )
    assert mask.text("mail://a@b and http://host:80/x@y") == "mail://a@b and http://host:80/x@y"


@pytest.mark.parametrize(
    "key",
    [
        "password", "Password", "db_password", "Authorization", "Set-Cookie", "accessToken",
        "x-api-key", "CLIENT_SECRET", "token", "refresh-token", "private_key", "API_TOKEN",
        "X-Auth-Token", "bearerToken", "session_token", "pwd",
    ],
)  # fmt: skip
def test_values_are_hidden_by_key(key: str) -> None:
    """However short, however the key is written, whatever they are."""
    mask = Mask()
    assert mask.value({key: "abc", "id": 7}) == {key: "***", "id": 7}
    assert mask.value([{key: {"deep": "abc"}}, {key: 7}]) == [{key: "***"}, {key: "***"}]
    assert mask.value({key: None}) == {key: None}
    assert mask.value({key: ""}) == {key: ""}
    assert mask.value({key: False}) == {key: False}


@pytest.mark.parametrize(
    "key", ["key", "tokens", "next_page_token", "total", "secretary", "passwordless", 7]
)
def test_other_keys_are_not(key: object) -> None:
    """Nor keys that are no text."""
    assert Mask().value({key: "abc"}) == {key: "abc"}


def test_values_are_hidden_at_any_depth_and_in_keys() -> None:
    """Texts, keys, numbers."""
    mask = mask_of("hunter22", "12345678")
    assert mask.value({"a": ["x hunter22", ("hunter22",)], "hunter22": 1}) == {
        "a": ["x ***", ["***"]],
        "***": 1,
    }
    assert mask.value([12345678, Decimal(12345678), 1234567, True]) == ["***", "***", 1234567, True]


def test_what_has_nothing_to_hide_is_the_same_object() -> None:
    """Nothing is copied for nothing."""
    mask = mask_of("hunter22")
    value = {"a": [1, {"b": "innocent"}], "c": (1, 2)}
    assert mask.value(value) is value
    changed = mask.value({"a": value, "b": "hunter22"})
    assert isinstance(changed, dict)
    assert changed["a"] is value


def test_secrets_that_are_nested_too_deep_are_hidden_with_all_around_them() -> None:
    """No depth breaks anything."""
    deep: object = "hunter22"
    for _ in range(100_000):
        deep = [deep]
    seen, depth = mask_of("hunter22").value(deep), 0
    while isinstance(seen, list):
        seen, depth = seen[0], depth + 1
    assert (seen, depth) == ("***", DEEPEST)
    mapping: object = {"token": "abc"}
    for _ in range(DEEPEST):
        mapping = {"a": mapping}
    assert str(Mask().value(mapping)) == "{'a': " * DEEPEST + "'***'" + "}" * DEEPEST


def test_values_hidden_by_key_are_told() -> None:
    """So that texts beside them can hide them, too; short ones would blot out other text."""
    found: set[str] = set()
    Mask().value({"token": "abcdefgh", "password": "abc", "secret": 1234567}, found)
    assert found == {"abcdefgh"}
    assert Mask.without("saw abcdefgh!", found) == "saw ***!"


def test_the_secrets_of_a_connection_are_learnt() -> None:
    """Secret fields at any depth, also as basic authentication sends them."""
    mask = Mask()
    mask.learn(
        Connection(
            url="http://ann:pass%20word@shop",
            password=SecretStr("hunter22"),
            credentials={"a": Credential(basic=("bob", SecretStr("bobs-own")))},
            tokens=[SecretStr("t0ken-1"), SecretStr("t0ken-2")],
        )
    )
    for text in ("hunter22", "bobs-own", "t0ken-1", "t0ken-2", "pass%20word", "pass word"):
        assert mask.text(text) == "***"
    for pair in ("clerk:hunter22", "bob:bobs-own"):
        assert mask.text(f"Basic {b64encode(pair.encode()).decode()}") == "Basic ***"
    assert mask.text("clerk and bob at http://shop") == "clerk and bob at http://shop"


def test_the_keys_of_secret_fields_are_learnt() -> None:
    """Names of headers that hold one; short names stay, as others use them."""
    mask = Mask()
    header = {"X-Shop-Pass": SecretStr("abc"), "key": SecretStr("abc")}
    mask.learn(Connection(credentials={"a": Credential(header=header)}))
    assert mask.value({"x_shop_pass": "any", "key": "any"}) == {"x_shop_pass": "***", "key": "any"}
    assert mask.is_secret_key("X-SHOP-PASS")
    assert not mask.is_secret_key("key")
    assert not mask.is_secret_key(7)


def test_a_line_names_the_variables_that_secrets_come_from() -> None:
    """And files by what a shell reads them with."""
    mask = Mask()
    mask.learn(
        Connection(
            password=SecretStr("hunter22"), tokens=[SecretStr("from-file"), SecretStr("plain-text")]
        ),
        {"hunter22": "DB_PASSWORD", "from-file": "/run/my secrets/x", "clerk": "USER"},
    )
    assert mask.reproducible('curl -u "clerk:hunter22" -H "a: from-file" -H "b: plain-text"') == (
        'curl -u "clerk:$DB_PASSWORD" -H "a: $(cat \'/run/my secrets/x\')" -H "b: ***"'
    )


@pytest.mark.parametrize("secret", ["hunter22", "a b'c\"d$e", "back\\slash!"])
def test_a_line_gives_a_command_the_secret_itself(secret: str, tmp_path: Path) -> None:
    """However the line is quoted, where it is pasted into a shell that has the variable."""
    mask = Mask()
    mask.learn(Connection(password=SecretStr(secret)), {secret: "DB_PASSWORD"})
    words = [f"sasl.password={secret}", secret, f"it's {secret} and {secret}"]
    line = mask.reproducible(f"kcat -X {shlex.join(words)} $'a\\n'")
    assert secret not in line
    program = tmp_path / "kcat"
    program.write_text('#!/bin/sh\nprintf "%s\\0" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    known = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DB_PASSWORD": secret}
    done = subprocess.run(
        ["bash", "-c", line], env=known, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\0")[:-1] == ["-X", *words, "a\n"]


def test_a_line_names_the_variable_that_holds_a_whole_address() -> None:
    """Quoted so that a shell reads it, however the plugin wrote the address."""
    mask = Mask()
    mask.learn(Connection(), {"jdbc:postgresql://shop:p%40ssw0rd@db/x": "DATABASE_URL"})
    line = "psql 'postgresql://shop:p%40ssw0rd@db:5432/x?a=1' -c 'select 1'"
    as_psql_takes_it = "${DATABASE_URL/jdbc:postgresql:/postgresql:}"
    assert mask.reproducible(line) == f"psql \"{as_psql_takes_it}\" -c 'select 1'"
    same = "psql 'postgresql://shop:p%40ssw0rd@other/x' -c 'redis://shop:p%40ssw0rd@db/0'"
    assert mask.reproducible(same) == (
        "psql 'postgresql://shop:***@other/x' -c 'redis://shop:***@db/0'"
    )
    assert mask.reproducible("redis-cli -u redis://:other@host") == "redis-cli -u redis://:***@host"
    assert mask.text("p%40ssw0rd p@ssw0rd") == "*** ***"


def test_a_password_among_the_options_of_an_address_is_learnt() -> None:
    """It is hidden wherever it stands, and a line names the variable that holds the address."""

    class Link(BaseModel):
        url: str

    address = "pg://shop:secret-one@db/x?password=secret%20two"
    mask = Mask()
    mask.learn(Link(url=address), {address: "DATABASE_URL"})
    assert mask.text("secret-one, secret two, secret%20two") == "***, ***, ***"
    assert mask.reproducible(f"psql '{address}'") == 'psql "$DATABASE_URL"'
    assert mask.reproducible("psql 'pg://shop:secret%20two@db/x'") == 'psql "$DATABASE_URL"'
    assert mask.reproducible("curl 'http://h/?token=abc'") == "curl 'http://h/?token=***'"


def test_a_secret_that_was_shortened_is_hidden() -> None:
    """Pytest shows long texts so."""
    assert mask_of("hunter22-and-more").text("assert 'hunter...d-more' == 'x'") == (
        "assert '***...***' == 'x'"
    )


def test_a_text_of_json_within_a_value_is_hidden_by_key() -> None:
    """A message may be one."""
    assert Mask().value({"a": '{"password": "abc"}'}) == {"a": '{"password": "***"}'}


def test_a_variable_with_a_secret_name_is_secret() -> None:
    """Others are not."""
    mask = Mask()
    mask.learn_variable("api_key", "k3y-of-shop", {"k3y-of-shop": "SHOP_KEY"})
    mask.learn_variable("region", "eu-west-1", {})
    mask.learn_variable("password", 12345678, {})
    assert mask.text("k3y-of-shop eu-west-1 12345678") == "*** eu-west-1 12345678"
    assert mask.reproducible("curl k3y-of-shop") == "curl $SHOP_KEY"


def test_a_secret_learnt_twice_keeps_its_name() -> None:
    """The one that says where it comes from."""
    mask = mask_of("hunter22")
    mask.add("hunter22", "PASSWORD")
    mask.add("hunter22")
    assert mask.reproducible("hunter22") == "$PASSWORD"


def test_nothing_shows_its_secrets() -> None:
    """Not even the mask itself."""
    mask = mask_of("hunter22")
    assert "hunter22" not in repr(mask)


def test_what_filters_make_of_a_secret_is_hidden() -> None:
    """In base64 also where it is only a part of the text; a line for a shell makes it anew."""
    mask = Mask()
    mask.learn(Connection(password=SecretStr("hunter22")), {"hunter22": "DB_PASSWORD"})
    whole = b64encode(b"hunter22").decode()
    part = b64encode(b"ann:hunter22;x").decode()
    digest = hashlib.sha1(b"hunter22", usedforsecurity=False).hexdigest()
    assert mask.value({"a": [whole, f"Basic {part}"], "b": digest}) == {
        "a": ["***", f"Basic {part[:6]}***{part[-4:]}"],
        "b": "***",
    }
    assert mask.text(b64encode(b"something else").decode()) == "c29tZXRoaW5nIGVsc2U="
    assert mask.reproducible(f"curl -H 'a: {part}' -u '{whole}'") == (
        f"curl -H 'a: {part[:6]}***{part[-4:]}'"
        """ -u ''"$(printf %s "$DB_PASSWORD" | base64 | tr -d '\\n')"''"""
    )
