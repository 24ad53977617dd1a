"""Descriptions and endpoints of the services that a suite calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.services import Services, Specs

Write = Callable[[str, str], Path]
Protocols = Mapping[str, ProtocolPlugin]

AT = SourceLocation(file="s.yaml", line=3, column=5)
DOCUMENT = parse_document("specs:\n  orders: orders.web\n  x-own: 1\n", file="s.yaml")


def test_a_description_is_read_by_the_channel_that_knows_its_kind(
    write: Write, protocols: Protocols
) -> None:
    folder = write("orders.web", "get list\npost create").parent
    services = Services({"orders": "orders.web", "x-own": "1"}, folder, protocols, DOCUMENT)
    assert services.problems == []
    assert services.versions == {"orders": "1.2.3"}
    listing = services.endpoint(protocols["web"], "orders.list", AT)
    assert listing is not None
    assert (listing.service, listing.name, listing.safe) == ("orders", "list", True)


def test_a_description_that_an_earlier_suite_has_read_is_not_read_again(
    write: Write, protocols: Protocols
) -> None:
    path = write("orders.web", "get list")
    read: Specs = {}
    Services({"orders": path.name}, path.parent, protocols, DOCUMENT, read=read)
    path.unlink()
    again = Services({"shop": path.name}, path.parent, protocols, DOCUMENT, read=read)
    assert (again.problems, again.versions) == ([], {"shop": "1.2.3"})
    assert again.endpoint(protocols["web"], "shop.list", AT) is not None


def test_an_endpoint_that_is_not_there_is_refused_in_the_channels_own_words(
    write: Write, protocols: Protocols
) -> None:
    folder = write("orders.web", "get list").parent
    services = Services({"orders": "orders.web"}, folder, protocols, DOCUMENT)
    with pytest.raises(DefinitionError) as refusal:
        services.endpoint(protocols["web"], "orders.lst", AT)
    assert str(refusal.value) == (
        "s.yaml:3:5: error[unknown-endpoint] nothing is called 'orders.lst'. Look again."
    )


def test_a_description_that_is_not_there_is_told_once(tmp_path: Path, protocols: Protocols) -> None:
    services = Services({"orders": "orders.web"}, tmp_path, protocols, DOCUMENT)
    assert [str(problem) for problem in services.problems] == [
        (
            f"s.yaml:2:11: error[file-missing] there is no such file: {tmp_path / 'orders.web'}."
            " Paths are taken from the suite file's folder."
        )
    ]
    assert services.endpoint(protocols["web"], "orders.list", AT) is None
    assert services.endpoint(protocols["web"], "orders GET /orders", AT) is None


def test_a_description_that_is_broken_is_told_by_its_channel(
    write: Write, protocols: Protocols
) -> None:
    path = write("orders.web", "get")
    services = Services({"orders": "orders.web"}, path.parent, protocols, DOCUMENT)
    assert [str(problem) for problem in services.problems] == [f"{path}:1: error[web] no web"]
    assert services.endpoint(protocols["web"], "orders.list", AT) is None


def test_a_description_that_no_channel_knows_is_refused(write: Write, protocols: Protocols) -> None:
    path = write("orders.txt", "get")
    services = Services({"orders": "orders.txt"}, path.parent, protocols, DOCUMENT)
    assert [str(problem) for problem in services.problems] == [
        (
            f"s.yaml:2:11: error[spec-kind] no channel can read {path}."
            " Descriptions are read by: web."
        )
    ]


def test_endpoints_of_services_with_mistakes_are_not_judged(
    tmp_path: Path, protocols: Protocols
) -> None:
    services = Services({}, tmp_path, protocols, DOCUMENT, lost=["orders"])
    assert services.endpoint(protocols["web"], "orders.list", AT) is None
    with pytest.raises(DefinitionError):
        services.endpoint(protocols["web"], " ", AT)


def test_a_channel_without_endpoints_has_none(tmp_path: Path, protocols: Protocols) -> None:
    services = Services({}, tmp_path, protocols, DOCUMENT)
    assert services.endpoint(protocols["bus"], "orders.list", AT) is None
