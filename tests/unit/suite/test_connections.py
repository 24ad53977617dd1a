"""Which connection a call means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.data.environments import EnvironmentDefinition, read_environments
from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.suite.connections import Wanted, choose_connection

Write = Callable[[str, str], Path]


@pytest.fixture
def environment(write: Write) -> EnvironmentDefinition:
    text = """
local:
  web:
    orders: {url: "http://x", credentials: {clerk: 1, admin: 2}}
    bank: {url: "http://me:pw@x", credentials: {clerk: 1}}
    plain: {url: "http://x"}
    open: {credentials: "${env:ALL}"}
  bus: {main: {}}
"""
    channels = {name: frozenset({"url", "credentials"}) for name in ("web", "bus", "store")}
    return read_environments(write("env.yaml", text), channels=channels)["local"]


def locate(path: PartPath = (), offset: int = 0) -> SourceLocation:
    return SourceLocation(file="/".join(map(str, path)) or "call", line=1 + offset)


def wanted(
    channel: str = "web",
    *,
    via: str | None = None,
    service: str | None = None,
    credential: str | None = None,
) -> Wanted:
    return Wanted(channel=channel, via=via, service=service, credential=credential, locate=locate)


def refusal(environment: EnvironmentDefinition, call: Wanted) -> str:
    with pytest.raises(BindingError) as refused:
        choose_connection(call, environment)
    return str(refused.value)


@pytest.mark.parametrize(
    ("call", "alias"),
    [
        (wanted(via="orders"), "orders"),
        (wanted(service="bank"), "bank"),
        (wanted(via="orders", service="bank"), "orders"),
        (wanted("bus"), "main"),
        (wanted(via="orders", credential="clerk"), "orders"),
        (wanted(via="bank", credential="url"), "bank"),
        (wanted(via="open", credential="anything"), "open"),
    ],
)
def test_a_connection_is_named_by_via_by_the_service_or_is_the_only_one(
    environment: EnvironmentDefinition, call: Wanted, alias: str
) -> None:
    assert choose_connection(call, environment) == alias


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            wanted(via="order"),
            (
                "via:1: error[unknown-connection] environment 'local' has no web connection"
                " 'order'. Did you mean 'orders'?"
            ),
        ),
        (
            wanted(service="zzz"),
            (
                "endpoint:1: error[unknown-connection] environment 'local' has no web connection"
                " 'zzz'. It has: bank, open, orders, plain."
            ),
        ),
        (
            wanted(),
            (
                "call:1: error[which-connection] environment 'local' has 4 web connections."
                " Name one of them with 'via': orders, bank, plain, open."
            ),
        ),
        (
            wanted(via="orders", credential="clrk"),
            (
                "as:1: error[unknown-credential] web connection 'orders' of environment 'local'"
                " has no credential 'clrk'. Did you mean 'clerk'?"
            ),
        ),
    ],
)
def test_a_connection_that_cannot_be_meant_is_refused(
    environment: EnvironmentDefinition, call: Wanted, message: str
) -> None:
    assert refusal(environment, call) == message


def test_what_is_missing_is_to_be_added_to_the_environment(
    environment: EnvironmentDefinition,
) -> None:
    file = environment.file
    assert refusal(environment, wanted("store", via="main")) == (
        "via:1: error[unknown-connection] environment 'local' has no store connection 'main'."
        f" Add it to {file}."
    )
    assert refusal(environment, wanted("store")) == (
        "call:1: error[no-connection] environment 'local' has no store connection."
        f" Add one to {file}."
    )
    assert refusal(environment, wanted(via="plain", credential="clerk")) == (
        "as:1: error[unknown-credential] web connection 'plain' of environment 'local' has"
        f" no credential 'clerk'. Add it to {file}."
    )
