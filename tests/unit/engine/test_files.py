"""Payload files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.engine.files import LIMIT, FileReader
from pytest_orchestra.errors import EvaluationError


@pytest.fixture
def reader(tmp_path: Path) -> FileReader:
    """Reads beside the suite."""
    return FileReader(tmp_path)


def put(reader: FileReader, name: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (reader.folder / name).write_bytes(data)


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("a.json", '{"id": "{{id}}", "n": [1, "x{{id}}"]}', {"id": 7, "n": [1, "x7"]}),
        ("a.yaml", "id: '{{id}}'", {"id": 7}),
        ("a.YML", "id: 1", {"id": 1}),
        ("a.xml", "<id>{{id}}</id>\n", "<id>7</id>\n"),
        ("a.txt", "", ""),
    ],
)
def test_a_file_is_rendered_and_parsed_by_its_suffix(
    reader: FileReader, name: str, content: str, value: object
) -> None:
    """Anything but JSON and YAML is text."""
    put(reader, name, content)
    assert reader.read(name, {"id": 7}) == value


def test_a_file_is_read_once(reader: FileReader) -> None:
    """And rendered each time."""
    put(reader, "a.json", '["{{id}}"]')
    assert reader.read("a.json", {"id": 1}) == [1]
    put(reader, "a.json", "[]")
    assert reader.read("a.json", {"id": 2}) == [2]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("none.json", None, "{folder}/none.json: error[file-missing]"),
        ("a.json", "{", "{folder}/a.json:1:2: error"),
        ("a.txt", b"\xff", "{folder}/a.txt:1: error[file-encoding]"),
        ("a.txt", "ab\ncd {{ 1 + }}", "{folder}/a.txt:2:4: error"),
        ("a.json", '["{{ 1 + }}"]', "{folder}/a.json:1:2: error"),
        ("a.txt", b"x" * (LIMIT + 1), "{folder}/a.txt: error[file-too-large]"),
        (7, None, "file() needs the path of a file. Write file('x.json')."),
        ("a\0b", None, "file() needs the path of a file"),
    ],
)
def test_what_cannot_be_read_says_why(
    reader: FileReader, name: str, content: str | bytes | None, text: str
) -> None:
    """With its place, and where paths are taken from."""
    if content is not None:
        put(reader, name, content)
    with pytest.raises(EvaluationError) as caught:
        reader.read(name, {})
    assert str(caught.value).startswith(text.format(folder=reader.folder))
    if isinstance(name, str) and "\0" not in name:
        assert str(caught.value).endswith(f"Paths are taken from {reader.folder}.")
        assert ".." not in str(caught.value)


def test_a_file_that_includes_itself_is_found(reader: FileReader) -> None:
    """By whatever way; and can be asked for again."""
    put(reader, "a.txt", "{{file('b.txt')}}")
    put(reader, "b.txt", "{{file('a.txt')}}")
    names: dict[str, object] = {}
    names["file"] = lambda path: reader.read(path, names)
    for _ in range(2):
        with pytest.raises(EvaluationError) as caught:
            reader.read("a.txt", names)
        assert caught.value.message.endswith("file('a.txt') includes itself: a.txt → b.txt → a.txt")
