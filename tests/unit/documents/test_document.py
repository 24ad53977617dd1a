"""Documents and the places of their parts."""

from __future__ import annotations

import pytest

from pytest_orchestra.documents.reading import parse_document

DOCUMENT = parse_document("a: [{b: 1}, x]\nc: {d: 'some text'}\n", file="f.yaml")


def test_the_deepest_part_that_exists_is_told() -> None:
    assert str(DOCUMENT.location(("a", 0, "zzz", 3))) == "f.yaml:1:5"
    assert str(DOCUMENT.location(("a", 7))) == "f.yaml:1:4"
    assert str(DOCUMENT.location()) == "f.yaml:1:1"


def test_the_place_of_a_key_that_is_not_there_is_its_mappings() -> None:
    assert str(DOCUMENT.key_location(("c", "zzz"))) == "f.yaml:2:4"
    assert str(DOCUMENT.key_location(("zzz", "d"))) == "f.yaml:1:1"
    assert str(DOCUMENT.key_location(())) == "f.yaml:1:1"


def test_the_key_of_a_lists_item_is_the_item() -> None:
    assert str(DOCUMENT.key_location(("a", 1))) == "f.yaml:1:13"


def test_parts() -> None:
    assert DOCUMENT.part(()) == DOCUMENT.value
    assert DOCUMENT.part(("a", 0, "b")) == 1


@pytest.mark.parametrize("path", [("zzz",), ("a", 9), ("a", "b"), ("a", 1, "x")])
def test_a_part_that_is_not_there(path: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        DOCUMENT.part(path)


def test_a_locator_tells_places_from_where_it_stands() -> None:
    locate = DOCUMENT.locator(("c",))
    assert str(locate()) == "f.yaml:2:4"
    assert str(locate(("d",))) == "f.yaml:2:8"
    assert str(locate(("d",), 5)) == "f.yaml:2:14"


def test_an_offset_past_the_text_or_into_no_text_is_the_parts_place() -> None:
    assert str(DOCUMENT.location(("c", "d"), 500)) == "f.yaml:2:8"
    assert str(DOCUMENT.location(("a", 0, "b"), 3)) == "f.yaml:1:9"
    assert str(DOCUMENT.location(("a",), 3)) == "f.yaml:1:4"


def test_a_document_never_prints_what_it_holds() -> None:
    assert repr(DOCUMENT) == "Document(file='f.yaml')"
