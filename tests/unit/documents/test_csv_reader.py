"""CSV texts: a row each, cells are text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.documents.csv_reader import parse_csv

Complaints = Callable[[Callable[[], object]], list[str]]


def test_rows_are_mappings_of_text() -> None:
    text = 'name,amount\na,1.50\n\n"b, c","two\nlines"\nd,""\n'
    document = parse_csv(text, "f")
    assert document.value == [
        {"name": "a", "amount": "1.50"},
        {"name": "b, c", "amount": "two\nlines"},
        {"name": "d", "amount": ""},
    ]
    assert [str(document.location((n,))) for n in range(3)] == ["f:2", "f:4", "f:6"]
    assert str(document.location((1, "amount"))) == "f:4:8"
    assert str(document.location((1, "none"))) == "f:4"
    assert document.places is not None
    cells = document.places.parts[1].parts
    assert (list(cells), len(cells)) == (["name", "amount"], 2)
    assert str(document.key_location((2, "name"))) == "f:6:1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_are_found_whatever_stands_before_them(end: str) -> None:
    """Quotes, commas and line ends in quotes; a file that begins further down."""
    rows = ["a,b,c,d", '1,"x,""y"",",3,4', f'"one{end}two","",,é', '"""",",",x,y']
    document = parse_csv(end.join(rows), "f", start=3)
    found = {
        (row, name): str(document.location((row, name))) for row in range(3) for name in "abcd"
    }
    assert [found[0, name] for name in "abcd"] == ["f:4:1", "f:4:3", "f:4:14", "f:4:16"]
    assert [found[1, name] for name in "abcd"] == ["f:5:1", "f:6:6", "f:6:9", "f:6:10"]
    assert [found[2, name] for name in "abcd"] == ["f:7:1", "f:7:6", "f:7:10", "f:7:12"]


@pytest.mark.parametrize("text", ["", "\n\n", "name,amount\n"])
def test_no_rows(text: str) -> None:
    assert parse_csv(text, "f").value == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1\n1,2,3\n", ["f:2: error[csv-row] this row has 1 cells, the first one 2", "f:3:"]),
        ("a,,a\n", ["f:1: error[csv-columns] column 2 has no name", "two columns are called 'a'"]),
        ("a;b\n1;2\n", ["f:1: error[csv-columns] the cells are separated by ';'"]),
        ('a\n"x', ["f:2: error[csv-syntax] unexpected end of data"]),
        ("a\n" * 100_002, ["f:100002: error[file-too-large] the table has more than 100000 rows"]),
        ("a," * 1000 + "\n", ["f:1: error[file-too-large] the table has more than 100000 rows"]),
        ("a\n" + "x" * 200_000, ["f:2: error[csv-syntax] field larger than field limit"]),
    ],
)
def test_refused_texts(complaints: Complaints, text: str, expected: list[str]) -> None:
    found = complaints(lambda: parse_csv(text, "f"))
    assert len(found) == len(expected)
    assert all(part in line for part, line in zip(expected, found, strict=True))
