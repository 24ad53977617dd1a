"""A connection's fields become its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import ConfigurationError, DefinitionError

if TYPE_CHECKING:
    from tests.unit.engine.conftest import MakeEnvironment, Servers


def test_an_embedded_server_gives_the_address(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """Other fields are those written."""
    environment = make_environment("local: {mail: {main: {embedded: true, user: bob}}}")
    connection = environment.connection("mail", "main")
    assert connection.url == "mail://127.0.0.1/mail-main"
    assert connection.user == "bob"
    assert servers.started == ["office mail-main"]


@pytest.mark.parametrize(
    ("overrides", "url", "started"),
    [
        ({"user": "ann"}, "mail://127.0.0.1/mail-main", ["office mail-main"]),
        ({"url": "mail://a"}, "mail://a", []),
        ({"url": "mail://a", "embedded": True}, "mail://a", ["office mail-main"]),
        ({"url": "mail://a", "embedded": False}, "mail://a", []),
    ],
)
def test_an_override_that_gives_the_address_needs_no_server(
    make_environment: MakeEnvironment,
    servers: Servers,
    overrides: dict[str, object],
    url: str,
    started: list[str],
) -> None:
    """Unless it says otherwise."""
    environment = make_environment("local: {mail: {main: {embedded: true}}}")
    connection = environment.override("mail", "main", **overrides).connection("mail")
    assert connection.url == url
    assert servers.started == started


def test_any_override_will_do_where_no_field_is_needed(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """The channel finds its address by itself."""
    environment = make_environment("local: {sorter: {main: {embedded: true}}}")
    assert environment.override("sorter", "main", box_size=5).connection("sorter").box_size == 5
    assert servers.started == []
    environment.connection("sorter")
    assert servers.started == ["sorter sorter-main"]


def test_a_connection_made_by_an_override_may_be_embedded(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """It is asked for by name."""
    environment = make_environment("local: {}").override("mail", "shop", embedded=True)
    assert environment.connection("mail").url == "mail://127.0.0.1/mail-shop"
    assert servers.started == ["office mail-shop"]


def test_a_switch_of_embedded_may_be_a_variable(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """As that of enabled."""
    text = "local: {mail: {main: {url: mail://a, embedded: '${env:EMBEDDED:-no}'}}}"
    assert make_environment(text).connection("mail").url == "mail://a"
    assert make_environment(text, EMBEDDED="yes").connection("mail").url != "mail://a"
    assert servers.started == ["office mail-main"]


@pytest.mark.parametrize("overrides", [{}, {"embedded": True}])
def test_a_channel_without_a_server_says_so(
    make_environment: MakeEnvironment, overrides: dict[str, object]
) -> None:
    """With the place that asks for it."""
    environment = make_environment("local: {post: {main: {embedded: true}}}")
    if overrides:
        environment = make_environment("local: {}").override("post", "main", **overrides)
    with pytest.raises(ConfigurationError) as caught:
        environment.connection("post")
    place = "1:22" if not overrides else "1:1"
    assert f"environments.yaml:{place}: there is no embedded server for post" in str(caught.value)


def test_a_server_that_does_not_start_is_told(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """And tried anew when asked for again."""
    servers.broken = "it did not start"
    environment = make_environment("local: {mail: {main: {embedded: true}}}")
    with pytest.raises(ConfigurationError, match="it did not start"):
        environment.connection("mail")
    servers.broken = ""
    assert environment.connection("mail").url == "mail://127.0.0.1/mail-main"


def test_fields_that_are_wrong_are_told_with_their_places(
    make_environment: MakeEnvironment,
) -> None:
    """All of them, without what is secret."""
    environment = make_environment(
        """
        local:
          mail:
            main:
              url: [not, text]
              password: {a: hunter22}
        """
    )
    with pytest.raises(DefinitionError) as caught:
        environment.connection("mail")
    text = str(caught.value)
    assert "environments.yaml:5:12: error[bad-value]" in text
    assert "environments.yaml:6:17: error[bad-value]" in text
    assert "hunter22" not in text


def test_a_field_that_is_missing_is_told(make_environment: MakeEnvironment) -> None:
    """Where the connection stands; one of an override stands nowhere but in the environment."""
    environment = make_environment("local:\n  mail:\n    main: {user: bob}")
    with pytest.raises(DefinitionError, match=r"yaml:3:11: .*the key 'url' is missing"):
        environment.connection("mail")
    with pytest.raises(DefinitionError, match=r"yaml:1:1: .*the key 'url' is missing"):
        environment.override("mail", "other", user="ann").connection("mail", "other")


def test_a_reference_that_leads_nowhere_is_told_with_its_place(
    make_environment: MakeEnvironment,
) -> None:
    """And what to do."""
    environment = make_environment("local:\n  mail:\n    main: {url: '${env:URL}'}")
    with pytest.raises(ConfigurationError) as caught:
        environment.connection("mail")
    assert str(caught.value).endswith(
        "yaml:3:17: the variable URL is not set. Set it, or give a default: ${env:URL:-…}."
    )
