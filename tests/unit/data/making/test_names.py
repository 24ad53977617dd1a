"""Texts by their names, with the library and without."""

from __future__ import annotations

from random import Random

import pytest

from pytest_orchestra.data.making.names import RealisticNames


def test_without_the_library_texts_are_plain() -> None:
    names = RealisticNames(is_plain=True)
    assert names.is_plain
    assert names.text("customerName", Random(1)).startswith("customer name ")
    assert names.text("12", Random(1)).startswith("text ")


def test_addresses_are_of_domains_that_nobody_has() -> None:
    names = RealisticNames()
    assert names.text("contact_email", Random(1)).endswith("@example.com")
    assert names.text("mobilePhone", Random(1)).startswith("+1-202-555-01")


@pytest.mark.parametrize("name", ["customer", "city", "companyName", "note", "first_name"])
def test_with_the_library_texts_look_like_their_names(name: str) -> None:
    pytest.importorskip("mimesis")
    names = RealisticNames()
    found = names.text(name, Random(1))
    assert found
    assert found == names.text(name, Random(1))
    assert name not in found


def test_unknown_names_are_texts_too() -> None:
    assert RealisticNames().text("gizmo", Random(1)).startswith("gizmo ")
