"""Files become documents by their suffix."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.documents.reading import parse_document, read_document, read_text

Complaints = Callable[[Callable[[], object]], list[str]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "- {name: x}"),
        ("a.YML", "- name: x"),
        ("a.json", '[{"name": "x"}]'),
        ("a.csv", "name\nx\n"),
    ],
)
def test_the_suffix_says_how_a_file_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    document = read_document(path)
    assert document.value == [{"name": "x"}]
    assert document.file == str(path)


def test_toml_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = 1", encoding="utf-8")
    assert read_document(path).value == {"a": 1}


def test_a_byte_order_mark_and_windows_lines_are_welcome(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    document = read_document(path)
    assert document.value == {"a": 1, "b": "x\ny\n"}
    assert document.key_location(("b",)).line == 2


def test_a_missing_file(tmp_path: Path, complaints: Complaints) -> None:
    path = tmp_path / "a.yaml"
    assert complaints(lambda: read_document(path)) == [
        f"{path}: error[file-missing] there is no such file. Check its name and folder."
    ]


def test_a_folder(tmp_path: Path, complaints: Complaints) -> None:
    (found,) = complaints(lambda: read_document(tmp_path))
    assert "this is a folder, not a file" in found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes as files on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, complaints: Complaints) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (found,) = complaints(lambda: read_document(tmp_path / "a.yaml"))
    assert "this is not an ordinary file" in found


def test_a_name_that_no_file_can_have(complaints: Complaints) -> None:
    (found,) = complaints(lambda: read_document(Path("x" * 5000 + ".yaml")))
    assert "error[file-unreadable]" in found or "error[file-missing]" in found


def test_a_file_past_the_limit(tmp_path: Path, complaints: Complaints) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1, 2]", encoding="utf-8")
    assert read_document(path, limit=6).value == [1, 2]
    (found,) = complaints(lambda: read_document(path, limit=5))
    assert "error[file-too-large] the file is larger than 5 bytes" in found


def test_a_file_in_another_encoding(tmp_path: Path, complaints: Complaints) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xe4\n")
    (found,) = complaints(lambda: read_text(path))
    assert found == f"{path}:2: error[file-encoding] the file is not UTF-8. Save it as UTF-8."


@pytest.mark.parametrize("file", ["a.txt", "a"])
def test_an_unknown_suffix(complaints: Complaints, file: str) -> None:
    (found,) = complaints(lambda: parse_document("", file=file))
    assert "error[file-kind]" in found
    assert ".yaml, .yml, .json, .csv, .toml" in found
