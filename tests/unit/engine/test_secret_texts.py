"""Secrets in the midst of a text are hidden by the key before them, and by what is left of them."""

import pytest

from pytest_orchestra.engine.secret_keys import is_secret
from pytest_orchestra.engine.secret_texts import (
    hide_by_key,
    hide_ends,
    hide_passwords,
    secrets_in,
)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('{"password": "abc", "id": 7}', '{"password": "***", "id": 7}'),
        ('{"id": 7, "password":"a\\"b"}', '{"id": 7, "password":"***"}'),
        (
            '{"body": "{\\"token\\": \\"abc\\", \\"a\\": 1}"}',
            '{"body": "{\\"token\\": \\"***\\", \\"a\\": 1}"}',
        ),
        ("{'password': 'abc', 'a': 'b'}", "{'password': '***', 'a': 'b'}"),
        ("{'password': 'abc… (300 characters)", "{'password': '***"),
        ('{"token": 1234, "secret": null}', '{"token": ***, "secret": null}'),
        ("http://h/p?a=1&password=abc&b=2#c", "http://h/p?a=1&password=***&b=2#c"),
        ("host=h password=abc user=u", "host=h password=*** user=u"),
        ("token=abc", "token=***"),
        ("at http://h/?token=a:b.c: it is wrong.", "at http://h/?token=***: it is wrong."),
        ('password="a b" c', 'password="***" c'),
        ('{"password": "***"} ?token=$TOKEN', '{"password": "***"} ?token=$TOKEN'),
        ('{"monkey": "abc"} ?author=me', '{"monkey": "abc"} ?author=me'),
        ("token: abc, no password here", "token: abc, no password here"),
        ('{"secret": ""}', '{"secret": ""}'),
        ('{"password": {"a": ["b"]}, "c": 1}', '{"password": ***, "c": 1}'),
        ("{'secret': ['a', 'b'], 'token': [1, {'c", "{'secret': ***, 'token': ***"),
        ("'Token': TIMEOUT: not in time", "'Token': TIMEOUT: not in time"),
        ("'Token': TIMEOUTS", "'Token': ***"),
        ('{"a": 1}', '{"a": 1}'),
        ("nothing", "nothing"),
    ],
)
def test_values_are_hidden_by_the_key_before_them(text: str, hidden: str) -> None:
    """In JSON and JSON within it, in Python's notation, in queries; however short they are."""
    assert hide_by_key(text, is_secret) == hidden


def test_other_keys_may_be_secret_too() -> None:
    """Those of a connection's fields."""
    hidden = hide_by_key('{"bearer": "abc"}', {"bearer"}.__contains__, ["bearer"])
    assert hidden == '{"bearer": "***"}'


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("'hun...22'", "'***...22'"),
        ("'hunter...er22'", "'***...***'"),
        ("'Bearer hu...ter22' and 'Bear…r22'", "'Bearer hu...***' and 'Bear…***'"),
        ("chunt... and hunt, done", "chunt... and hunt, done"),
        ("hunter22… hunt hunt…", "***… hunt ***…"),
        ("no hunter22", "no hunter22"),
    ],
)
def test_what_is_left_of_a_secret_that_was_cut_is_hidden(text: str, hidden: str) -> None:
    """From three signs on, beside an ellipsis; pytest and we ourselves shorten so."""
    assert hide_ends(text, ["hunter22"]) == hidden


def test_passwords_of_urls_are_hidden_unless_they_name_a_variable() -> None:
    """A line to repeat it by hand has the variable."""
    text = "pg://u:pw@h/x pg://u:$PW@h/x mail://a@b"
    assert hide_passwords(text) == "pg://u:***@h/x pg://u:$PW@h/x mail://a@b"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("pg://u:p@ss@word@h:1/x?a=b@c", "pg://u:***@h:1/x?a=b@c"),
        ("pg://u:a?b,c@h/x", "pg://u:***@h/x"),
        ('["pg://u:pw@h","a@b"]', '["pg://u:***@h","a@b"]'),
        ("pg://u:p@s@h, pg://v:q@h", "pg://u:***@h, pg://v:***@h"),
    ],
)
def test_a_password_in_a_url_may_have_an_at_sign(text: str, hidden: str) -> None:
    """Nobody has to encode it: what reads the URL takes the last one before the path."""
    assert hide_passwords(text) == hidden


def test_an_address_has_secrets_before_its_host_and_after_its_path() -> None:
    """As they are written there."""
    address = "pg://u:p%20w@h/x?sslmode=require&password=a%20b"
    assert list(secrets_in(address, is_secret)) == ["p%20w", "a%20b"]
