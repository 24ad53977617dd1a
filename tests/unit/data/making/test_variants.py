"""Values changed in one place."""

from __future__ import annotations

import pytest

from pytest_orchestra.data.making.variants import changed, part_of


def test_only_the_place_is_changed() -> None:
    value = {"items": [{"sku": "mug"}], "note": "x"}
    new = changed(value, ("items", 0, "sku"), "desk")
    assert new == {"items": [{"sku": "desk"}], "note": "x"}
    assert value["items"] == [{"sku": "mug"}]


def test_what_is_missing_on_the_way_is_made() -> None:
    assert changed(None, ("items", 1, "sku"), "mug") == {"items": [None, {"sku": "mug"}]}
    assert changed({"a": 1}, (), 2) == 2


def test_a_part_is_found_by_its_place() -> None:
    assert part_of({"items": [{"sku": "mug"}]}, ("items", 0, "sku")) == "mug"


@pytest.mark.parametrize("place", [("x",), ("items", 3), ("items", "x"), (0,)])
def test_a_place_that_is_not_there_is_said(place: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        part_of({"items": [1]}, place)
