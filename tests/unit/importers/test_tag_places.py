"""Lines and columns of start tags."""

from __future__ import annotations

import pytest
from lxml import etree

from pytest_orchestra.importers.bpmn.tag_places import TagPlaces

Places = list[tuple[int, int]]


def places(data: bytes, *tags: str) -> Places:
    root = etree.fromstring(data)
    found = TagPlaces(data, root)
    return [tuple(found.find(each)) for each in root.iter(*tags) if isinstance(each.tag, str)]


def test_tags_are_found_where_they_begin() -> None:
    assert places(b"<a>\n  <b/><b\n x='1'/>\n</a>") == [(1, 1), (2, 3), (2, 7)]


def test_characters_are_counted_whatever_the_encoding() -> None:
    text = '<?xml version="1.0" encoding="{}"?>\n<a x="ü"><b/></a>'
    for encoding in ("utf-8", "utf-16", "iso-8859-1", "windows-1252"):
        assert places(text.format(encoding).encode(encoding)) == [(2, 1), (2, 10)]


def test_what_only_looks_like_a_tag_is_passed_by() -> None:
    data = b"<a>\n<!-- <b/> <bb id='1'/> -->\n<bb/> <b id='1'/></a>"
    assert places(data) == [(1, 1), (3, 1), (3, 7)]


def test_a_value_may_hold_a_bracket() -> None:
    assert places(b"<a>\n<b x='1 > 0' id='1'/> <b y=\"'>\"\nid='2'/></a>") == [
        (1, 1),
        (2, 1),
        (2, 23),
    ]


def test_prefixes_and_tags_that_are_left_out_do_not_matter() -> None:
    data = b"<p:a xmlns:p='urn:p'><p:x><p:b id='1'/></p:x><p:b id='2'/></p:a>"
    root = etree.fromstring(data)
    assert tuple(TagPlaces(data, root).find(root[1])) == (1, 46)


def test_what_cannot_be_found_has_its_line_alone() -> None:
    data = b"<a>\n<b id='&#49;'/></a>"
    assert places(data) == [(1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("inside", "column"),
    [("x", 4), ("  x", 6), ("<![CDATA[ x]]>", 14), ("", 4)],
)
def test_the_text_of_a_tag_begins_after_it(inside: str, column: int) -> None:
    data = f"<a>{inside}</a>".encode()
    root = etree.fromstring(data)
    found = TagPlaces(data, root)
    assert tuple(found.text_of(found.find(root))) == (1, column)


def test_an_empty_tag_has_no_text() -> None:
    root = etree.fromstring(b"<a> <b/></a>")
    found = TagPlaces(b"<a> <b/></a>", root)
    found.find(root)
    assert tuple(found.text_of(found.find(root[0]))) == (1, 5)
