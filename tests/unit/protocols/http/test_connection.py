"""Connections as people write them, and what of them can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.protocols.http.connection import MAX_BODY, HttpConnection
from pytest_orchestra.testing import check_connection


def connection(url: str = "http://h", **fields: object) -> HttpConnection:
    return HttpConnection.model_validate({"url": url, **fields})


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("http://orders:8080", "http://orders:8080"),
        ("HTTP://Orders/", "http://orders"),
        (" https://orders/api/v1/ ", "https://orders/api/v1"),
        ("http://[::1]:80/a b", "http://[::1]:80/a%20b"),
        ("http://clerk:p%40ss@orders/", "http://orders"),
    ],
)
def test_urls_are_normalised(written: str, normal: str) -> None:
    assert connection(written).url == normal


@pytest.mark.parametrize(
    "written", ["orders:8080", "ftp://orders", "http://", "http://h:port", "http://h/?q=1", ""]
)
def test_what_is_no_base_url_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="the url"):
        connection(written)


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(ValidationError) as caught:
        connection("ftp://clerk:t0psecret@orders")
    assert "t0psecret" not in str(caught.value)


def test_user_and_password_of_a_url_become_the_credential_that_is_used() -> None:
    made = connection("http://clerk:p%40ss@orders", credentials={"admin": {"bearer": "t"}})
    assert made.credential(None).headers() == {"authorization": "Basic Y2xlcms6cEBzcw=="}
    assert made.credential("url") is made.credential(None)
    assert made.credential("admin").headers() == {"authorization": "Bearer t"}


def test_a_url_with_a_user_cannot_stand_beside_a_credential_called_url() -> None:
    with pytest.raises(ValidationError, match="both the URL and"):
        connection("http://clerk:pass@orders", credentials={"url": {"bearer": "t"}})


def test_of_several_credentials_none_is_used_without_as() -> None:
    made = connection(credentials={"a": {"bearer": "1"}, "b": {"bearer": "2"}})
    assert made.credential(None) is None


def test_the_only_credential_is_used_without_as() -> None:
    assert connection(credentials={"a": {"bearer": "1"}}).credential(None) is not None
    assert connection().credential(None) is None


def test_an_unknown_credential_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="Add it to the environment"):
        connection().credential("admin")


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ({}, "one of bearer, basic and header"),
        ({"bearer": "t", "basic": ["u", "p"]}, "one of bearer, basic and header"),
        ({"basic": ["only-a-user"]}, "basic"),
        ({"header": {"a b": "v"}}, "'a b' is no name of a header"),
        ({"bearer": "t0psecret\n"}, "'authorization' has a line end"),
        ({"token": "t0psecret"}, "token"),
    ],
)
def test_a_wrong_credential_is_refused_without_showing_it(
    credential: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        connection(credentials={"admin": credential})
    assert "t0psecret" not in str(caught.value)


def test_headers_with_names_of_secrets_are_secrets() -> None:
    made = connection(headers={"X-Api-Key": "t0psecret", "Accept-Language": "de"})
    assert made.own_headers() == ({"accept-language": "de"}, {"x-api-key": "t0psecret"})
    assert "t0psecret" not in repr(made)


def test_wrong_headers_are_refused() -> None:
    with pytest.raises(ValidationError, match="'X Y' is no name"):
        connection(headers={"X Y": "1"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("false", False), (False, False), ("/ca.pem", Path("/ca.pem"))],
)
def test_verify_is_a_truth_or_a_file(written: str, meant: object) -> None:
    """Resolved references are text, ``${env:VERIFY:-true}`` too."""
    assert connection(verify=written).verify == meant


def test_sizes_have_a_default_and_must_be_positive() -> None:
    assert connection().max_body == MAX_BODY
    with pytest.raises(ValidationError, match="max_body"):
        connection(max_body=0)


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(ValidationError, match="HttpConnection"):
        HttpConnection.model_validate("http://orders")


def test_no_secret_can_be_read_off_a_connection() -> None:
    fields = {
        "url": "http://user:urlsecret@orders",
        "headers": {"Authorization": "headsecret"},
        "credentials": {
            "a": {"bearer": "bearsecret"},
            "b": {"basic": ["u", "basicsecret"]},
            "c": {"header": {"X-Key": "keysecret"}},
        },
    }
    secrets = ["urlsecret", "headsecret", "bearsecret", "basicsecret", "keysecret"]
    assert check_connection(plugin, fields, secrets=secrets).url == "http://orders"
