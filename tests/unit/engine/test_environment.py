"""The environment that runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.model import SourceLocation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.unit.engine.conftest import MakeEnvironment, Servers

    from pytest_orchestra.spi import ProtocolPlugin


def test_a_connection_has_its_references_looked_up(make_environment: MakeEnvironment) -> None:
    """From variables and files; once."""
    environment = make_environment(
        """
        staging:
          tenant: acme
          mail: {main: {url: "${env:URL}", password: "${file:pw.txt}"}}
        """,
        {"pw.txt": "hunter22\n"},
        URL="mail://host",
    )
    connection = environment.connection("mail")
    assert connection.url == "mail://host"
    assert connection.password.get_secret_value() == "hunter22"
    assert environment.connection("mail", "main") is connection
    assert (environment.name, environment.tenant) == ("staging", "acme")
    assert environment.mask.reproducible("hunter22") == "$(cat pw.txt)"
    assert "hunter22" not in repr(environment)


@pytest.mark.parametrize(
    ("channel", "alias", "text"),
    [
        ("mail", None, "environment 'local' has 2 mail connections. Name one: one, two."),
        ("post", None, "environment 'local' has no post connection. Define one."),
        ("mail", "ona", "environment 'local' has no mail connection 'ona'. Did you mean 'one'?"),
        ("nail", "one", "there is no channel 'nail'. Did you mean 'mail'?"),
    ],
)
def test_what_is_not_there_is_named(
    make_environment: MakeEnvironment, channel: str, alias: str | None, text: str
) -> None:
    """With what there is instead."""
    environment = make_environment("local: {mail: {one: {url: a}, two: {url: b}}}")
    with pytest.raises(ConfigurationError) as caught:
        environment.connection(channel, alias)
    assert str(caught.value).startswith(text)


def test_without_any_environment_it_says_how_to_have_one(
    protocols: Mapping[str, ProtocolPlugin], servers: Servers, tmp_path: Path
) -> None:
    """A suite of Python steps needs none."""
    nowhere = EnvironmentDefinition(
        name="", file=tmp_path / "none", location=SourceLocation(file="none")
    )
    environment = Environment(
        nowhere,
        protocols=protocols,
        look_up_variable={}.get,
        read_file={}.get,
        starter=servers,
    )
    assert environment.name == ""
    assert dict(environment.variables) == {}
    for alias, what in ((None, "mail"), ("main", "mail connection 'main'")):
        with pytest.raises(ConfigurationError) as caught:
            environment.connection("mail", alias)
        assert str(caught.value) == (
            f"there is no environment that says where {what} is."
            " Write orchestra.environments.yaml and choose one with --orchestra-env."
        )


def test_variables_are_resolved_one_by_one(make_environment: MakeEnvironment) -> None:
    """One that is missing hurts only who asks for it."""
    environment = make_environment(
        "local: {vars: {region: '${env:REGION}', token: '${env:TOKEN}', plain: [1, 2]}}",
        REGION="eu",
    )
    variables = environment.variables
    assert variables["region"] == "eu"
    assert variables["plain"] == [1, 2]
    assert variables["plain"] is variables["plain"]
    assert list(variables) == ["region", "token", "plain"]
    assert len(variables) == 3
    assert "token" in variables
    assert "nothing" not in variables
    with pytest.raises(KeyError):
        variables["nothing"]
    with pytest.raises(ConfigurationError, match=r"yaml:1:1: the variable TOKEN is not set"):
        variables["token"]


def test_variables_with_secret_names_are_masked(make_environment: MakeEnvironment) -> None:
    """As soon as they are known."""
    environment = make_environment("local: {vars: {token: '${env:TOKEN}'}}", TOKEN="t0ken-1")
    assert environment.variables["token"] == "t0ken-1"
    assert environment.mask.text("t0ken-1") == "***"
    assert environment.mask.reproducible("t0ken-1") == "$TOKEN"


def test_a_connection_is_overridden_in_a_copy(make_environment: MakeEnvironment) -> None:
    """Other fields stay, and so does the environment it was made of."""
    environment = make_environment("local: {mail: {main: {url: mail://host, user: bob}}}")
    before = environment.connection("mail")
    changed = environment.override("mail", "main", url="mail://other", password="hunter22")
    assert changed.connection("mail").url == "mail://other"
    assert changed.connection("mail").user == "bob"
    assert environment.connection("mail") is before
    assert environment.mask.text("hunter22") == "***"
    again = changed.override("mail", "main", user="ann")
    assert again.connection("mail").url == "mail://other"
    assert again.connection("mail").user == "ann"
    assert changed.connection("mail").user == "bob"


def test_a_connection_may_be_made_by_an_override(make_environment: MakeEnvironment) -> None:
    """Of a process that a fixture started."""
    environment = make_environment("local: {}").override("mail", "shop", url="mail://shop")
    assert environment.connection("mail").url == "mail://shop"
    assert environment.is_enabled("mail", "shop")


def test_missing_references_of_connections_are_told_together(
    make_environment: MakeEnvironment,
) -> None:
    """Before any of them is needed; a connection that is not there is not looked up."""
    environment = make_environment(
        """
        local:
          mail: {a: {url: "${env:A}"}, b: {url: "${env:B}"}, c: {url: c}, d: {url: "${env:D}"}}
        """
    )
    places = [("mail", "a"), ("mail", "c"), ("mail", "b"), ("mail", "a"), ("mail", "e")]
    with pytest.raises(ConfigurationError) as caught:
        environment.look_up(places)
    first, second = str(caught.value).splitlines()
    assert "the variable A is not set" in first
    assert "the variable B is not set" in second
    environment.override("mail", "a", url="a").override("mail", "b", url="b").look_up(places)


def test_what_an_override_completes_stays_incomplete_without_it(
    make_environment: MakeEnvironment,
) -> None:
    """The copy knows more, the original does not."""
    environment = make_environment('local: {mail: {a: {url: "${env:A}"}}}')
    environment.override("mail", "a", url="a").look_up([("mail", "a")])
    with pytest.raises(ConfigurationError, match="the variable A is not set"):
        environment.look_up([("mail", "a")])


def test_overridden_references_need_not_be_there(make_environment: MakeEnvironment) -> None:
    """What is not used is not looked up."""
    environment = make_environment("local: {mail: {main: {url: '${env:URL}'}}}")
    assert environment.override("mail", "main", url="mail://a").connection("mail").url == "mail://a"


@pytest.mark.parametrize(
    ("written", "variables", "expected"),
    [
        ("", {}, True),
        (", enabled: false", {}, False),
        (", enabled: '${env:ON:-true}'", {}, True),
        (", enabled: '${env:ON:-true}'", {"ON": " Off "}, False),
        (", enabled: '${env:ON:-}'", {}, False),
        (", enabled: '${env:ON}'", {"ON": "1"}, True),
    ],
)
def test_a_connection_can_be_switched_off(
    make_environment: MakeEnvironment, written: str, variables: dict[str, str], *, expected: bool
) -> None:
    """By a variable, too."""
    environment = make_environment(f"local: {{mail: {{main: {{url: a{written}}}}}}}", **variables)
    assert environment.is_enabled("mail", "main") is expected
    assert environment.override("mail", "main", enabled=not expected).is_enabled(
        "mail", "main"
    ) is (not expected)


def test_a_connection_that_is_not_there_is_not_switched_off(
    make_environment: MakeEnvironment,
) -> None:
    """Its own error says that it is missing."""
    assert make_environment("local: {}").is_enabled("mail", "main")


def test_a_switch_is_true_or_false(make_environment: MakeEnvironment) -> None:
    """Or says where it is not."""
    environment = make_environment(
        "local:\n  mail:\n    main: {url: a, enabled: '${env:ON}'}", ON="perhaps"
    )
    with pytest.raises(ConfigurationError) as caught:
        environment.is_enabled("mail", "main")
    assert str(caught.value).endswith(
        "orchestra.environments.yaml:3:29: 'enabled' is 'perhaps'. Make it true or false."
    )


def test_processes_are_started_by_who_can(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """With what they were asked for."""
    process = make_environment().start("shop", ["python", "shop.py"], ready="/health")
    assert process is servers
    assert servers.started == ["shop: python shop.py ['cwd', 'env', 'ready', 'within']"]


def test_threads_get_the_same_connection(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """Its server is started once."""
    environment = make_environment("local: {mail: {main: {embedded: true}}}")
    together = threading.Barrier(8)
    found: list[object] = []

    def ask() -> None:
        together.wait(5)
        found.append(environment.connection("mail"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len({id(each) for each in found}) == 1
    assert len(found) == 8
    assert servers.started == ["office mail-main"]


def test_threads_do_not_wait_for_other_connections(
    make_environment: MakeEnvironment, servers: Servers
) -> None:
    """A server that starts slowly holds nobody else."""
    environment = make_environment(
        "local: {mail: {slow: {embedded: true}, quick: {url: mail://quick}}}"
    )
    goes_on, starts = threading.Event(), threading.Event()
    start = servers.embedded

    def slowly(service: str, name: str) -> Mapping[str, str]:
        starts.set()
        goes_on.wait(5)
        return start(service, name)

    servers.embedded = slowly  # type: ignore[method-assign]  # the fake of this test
    thread = threading.Thread(target=environment.connection, args=("mail", "slow"))
    thread.start()
    assert starts.wait(5)
    assert environment.connection("mail", "quick").url == "mail://quick"
    goes_on.set()
    thread.join(5)
    assert servers.started == ["office mail-slow"]
