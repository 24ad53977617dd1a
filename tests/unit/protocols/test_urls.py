"""Addresses with credentials in them."""

import pytest

from pytest_orchestra.protocols.urls import take_apart


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("redis://h:1/0", ("redis", "h:1", "0", None, None, ())),
        ("a://u:p%2F@h", ("a", "h", "", "u", "p/", ())),
        ("a://:p@h", ("a", "h", "", None, "p", ())),
        ("a://u@h1:1,h2:2/db?x=1&y=", ("a", "h1:1,h2:2", "db", "u", None, (("x", "1"), ("y", "")))),
    ],
)
def test_a_url_is_taken_apart(url: str, parts: tuple[object, ...]) -> None:
    found = take_apart(url)

    assert (
        found.scheme,
        found.hosts,
        found.path,
        found.user,
        found.password,
        found.options,
    ) == parts


@pytest.mark.parametrize("url", ["", "h:1", "//h", "mailto:a", "a://[::1"])
def test_what_is_no_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match="not like scheme"):
        take_apart(url)


def test_a_url_is_put_together_with_other_credentials_or_none() -> None:
    found = take_apart("a://u:secret@h:1/the db?x=/y z")

    assert found.url() == "a://h:1/the%20db?x=/y%20z"
    assert found.url(user="ü", password="p/w") == "a://%C3%BC:p%2Fw@h:1/the%20db?x=/y%20z"
    assert found.url(password="p") == "a://:p@h:1/the%20db?x=/y%20z"
