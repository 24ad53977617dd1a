"""Hostile and broken files: each is refused in one clear message, none is expanded or loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.model import Problem

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMED = (
    f'<definitions xmlns="{NAMESPACE}">\r\n'
    '<process id="p" name="Zahlung prüfen">\r\n</process>\r\n</definitions>'
)
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY a0 "lol">{LAUGHS}]>'

Refuse = Callable[[bytes], Problem]


@pytest.mark.parametrize(
    "process",
    [
        '<process id="p" name="&a9;"/>',
        '<process id="p"><documentation>&a9;</documentation></process>',
        '<process id="p"/>',
    ],
    ids=["in an attribute", "in text", "unused"],
)
def test_an_entity_bomb_is_refused(refuse: Refuse, process: str) -> None:
    data = f'{BOMB}<definitions xmlns="{NAMESPACE}">{process}</definitions>'.encode()
    assert refuse(data).code == "doctype-refused"


def test_a_bomb_of_one_long_entity_is_refused(refuse: Refuse) -> None:
    doctype = f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]>'
    data = f'{doctype}<definitions xmlns="{NAMESPACE}" name="{"&a;" * 20_000}"/>'.encode()
    assert refuse(data).code == "doctype-refused"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x SYSTEM "{url}">',
        '<!DOCTYPE x [<!ENTITY % e SYSTEM "{url}"> %e;]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]>',
    ],
    ids=["external subset", "parameter entity", "general entity"],
)
@pytest.mark.parametrize("where", ["file", "network"])
def test_nothing_outside_the_file_is_loaded(tmp_path: Path, doctype: str, where: str) -> None:
    """What is loaded here would break the parse, and a parse that broke is the cause."""
    outside = tmp_path / "broken.dtd"
    outside.write_text("<!BROKEN", encoding="utf-8")
    url = outside.as_uri() if where == "file" else "http://127.0.0.1:1/broken.dtd"
    data = f'{doctype.format(url=url)}<definitions xmlns="{NAMESPACE}"/>'.encode()
    with pytest.raises(DefinitionError, match="doctype-refused") as caught:
        read_bpmn(data, "shop.bpmn")
    assert caught.value.__cause__ is None


def test_an_xinclude_is_no_way_out_of_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
        f'href="{secret.as_uri()}"/>'
    )
    body = f'<process id="p"><documentation>{include}</documentation></process>'
    data = f'<definitions xmlns="{NAMESPACE}">{body}</definitions>'.encode()
    assert read_bpmn(data, "shop.bpmn").processes[0].documentation == ""


def test_a_name_of_ten_million_characters_is_refused(refuse: Refuse) -> None:
    name = "x" * 10_000_001
    data = f'<definitions xmlns="{NAMESPACE}"><process id="p" name="{name}"/></definitions>'
    assert refuse(data.encode()).code == "not-xml"


@pytest.mark.parametrize("depth", [120, 10_000])
def test_deep_nesting_is_refused(refuse: Refuse, depth: int) -> None:
    body = "<subProcess>" * depth + "</subProcess>" * depth
    data = f'<definitions xmlns="{NAMESPACE}"><process id="p">{body}</process></definitions>'
    assert refuse(data.encode()).code in {"not-xml", "model-too-large"}


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16BE", "utf-16-be"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "latin-1"),
    ],
)
def test_every_encoding_of_xml_is_read(declared: str, codec: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?>{NAMED}'.encode(codec)
    assert read_bpmn(data, "shop.bpmn").processes[0].name == "Zahlung prüfen"


def test_utf_8_is_assumed_without_a_declaration() -> None:
    assert read_bpmn(NAMED.encode(), "shop.bpmn").processes[0].name == "Zahlung prüfen"


def test_lines_of_windows_are_counted_once() -> None:
    location = read_bpmn(NAMED.encode(), "shop.bpmn").processes[0].location
    assert str(location) == "shop.bpmn:2:1"


@pytest.mark.parametrize("data", [b"", b" \r\n\t"])
def test_an_empty_file_is_called_empty(refuse: Refuse, data: bytes) -> None:
    assert refuse(data).code == "file-empty"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><body><br></body></html>",
        b"<!DOCTYPE html>\n<html><body/></html>",
        b"\xef\xbb\xbf\n<HTML><br></HTML>",
    ],
)
def test_a_web_page_is_called_one(refuse: Refuse, data: bytes) -> None:
    problem = refuse(data)
    assert "web page" in problem.message
    assert "Raw" in problem.hint


@pytest.mark.parametrize("data", [bytes(64), b"\x89PNG\r\n\x1a\n", b'{"process": 1}', b"order:\n"])
def test_what_has_no_markup_is_called_no_xml(refuse: Refuse, data: bytes) -> None:
    assert refuse(data).message == "the file is not XML"


def test_binary_with_an_angle_bracket_is_not_well_formed(refuse: Refuse) -> None:
    assert "not well-formed" in refuse(bytes(range(256))).message


@pytest.mark.parametrize(
    ("data", "line", "hint"),
    [
        (b"<a>\n<b></a>", 2, "Close the elements"),
        (b"<a>\n<b/>", 2, "cut off"),
        (b"<a>\n&nbsp;</a>", 2, "no HTML entities"),
        (b"<a>\n<x:b/></a>", 2, "Declare the prefix"),
        (b'<a\nx="1" x="2"/>', 2, "Remove one of the two"),
        (b'\n<?xml version="1.0"?><a/>', 2, "before <?xml"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', 1, "Save the file as UTF-8"),
        (b'<a\nx="\xff"/>', 2, "Save the file in the encoding"),
        (b"<a\n&/>", 2, "Export the file again"),
    ],
)
def test_broken_xml_is_told_with_its_place_and_what_to_do(
    refuse: Refuse, data: bytes, line: int, hint: str
) -> None:
    problem = refuse(data)
    assert problem.code == "not-xml"
    assert problem.location
    assert problem.location.line == line
    assert problem.location.column > 0
    assert hint in problem.hint


def test_a_message_is_one_line_without_the_parsers_own_position(refuse: Refuse) -> None:
    problem = refuse(b"<a>\n<b></a>")
    assert "\n" not in str(problem)
    assert ", line" not in problem.message
